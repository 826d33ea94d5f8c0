"""A result on a terminal: every column readable, or fewer columns and a word on the rest."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

ROWS_SHOWN = 200
_NARROWEST = 24  # a column of text wraps down to this, and is never squeezed further
_GAP = 2
_FEW_ROWS = 3


def render(columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """Prints rows, at most ROWS_SHOWN of them.

    A few rows too wide for the terminal are turned on their side; of many, the first columns that
    fit are shown and the others named.
    """
    cells = [[shown(cell) for cell in row] for row in rows[:ROWS_SHOWN]]
    widths = [_width(name, place, cells) for place, name in enumerate(columns)]
    fitting = _fitting(widths, console.width)
    if fitting < len(columns) and 0 < len(cells) <= _FEW_ROWS:
        _sideways(columns, cells, console)
    else:
        numeric = [_is_numeric(rows, place) for place in range(fitting)]
        _table(columns[:fitting], cells, widths, numeric, console)
        if fitting < len(columns):
            left_out = ", ".join(columns[fitting:])
            console.print(f"[dim]Too wide to show, ask for them by name: {escape(left_out)}[/dim]")
    more = f", the first {ROWS_SHOWN} shown" if len(rows) > ROWS_SHOWN else ""
    console.print(f"[dim]{len(rows)} row{'' if len(rows) == 1 else 's'}{more}[/dim]")


def shown(cell: object) -> str:
    """A cell for people: whole numbers without a fraction, others with at most three decimals."""
    if cell is None:
        return "NULL"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.3f}".rstrip("0").rstrip(".")
    if isinstance(cell, list):
        return ", ".join(shown(item) for item in cell)
    return plain(cell)


def plain(cell: object) -> str:
    """A cell for programs: whole doubles as whole numbers, lists and maps as JSON."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _table(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    widths: Sequence[int],
    numeric: Sequence[bool],
    console: Console,
) -> None:
    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
    for name, width, is_number in zip(columns, widths, numeric, strict=False):
        table.add_column(
            name,
            justify="right" if is_number else "left",
            overflow="fold",
            min_width=min(width, _NARROWEST),
            no_wrap=width <= _NARROWEST,
        )
    for row in cells:
        table.add_row(*(escape(cell) for cell in row[: len(columns)]))
    console.print(table)


def _sideways(columns: Sequence[str], cells: Sequence[Sequence[str]], console: Console) -> None:
    table = Table(box=None, padding=(0, _GAP, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    for _ in cells:
        table.add_column(overflow="fold")
    for place, name in enumerate(columns):
        table.add_row(name, *(escape(row[place]) for row in cells))
    console.print(table)


def _width(name: str, place: int, cells: Sequence[Sequence[str]]) -> int:
    return max([len(name), *(len(row[place]) for row in cells)])


def _fitting(widths: Sequence[int], available: int) -> int:
    """How many leading columns fit when those of text are as narrow as they may be."""
    used = 0
    for place, width in enumerate(widths):
        used += min(width, _NARROWEST) + _GAP
        if used > available + _GAP:
            return max(place, 1)
    return len(widths)


def _is_numeric(rows: Sequence[Sequence[Any]], place: int) -> bool:
    return bool(rows) and all(isinstance(row[place], int | float | None) for row in rows)
