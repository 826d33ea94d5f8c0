"""A table on a terminal: every column readable, or fewer columns and a word on the rest."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from common.text import printable

if TYPE_CHECKING:  # for a person at a terminal alone: what is piped must start fast
    from rich.console import Console

ROWS_SHOWN = 200
_NARROWEST = 24  # a column of text wraps down to this, and is never squeezed further
_LONGEST_WORD = 48  # an id is not broken; a longer word, as an address, may be
_GAP = 2
_FEW_ROWS = 3


def render(columns: Sequence[str], rows: Iterable[Sequence[Any]], console: "Console") -> None:
    """Prints a result and the number of its rows; at most ROWS_SHOWN of them are shown."""
    rest = iter(rows)
    first = list(islice(rest, ROWS_SHOWN))
    draw(columns, first, console)
    more = sum(1 for _ in rest)
    count = len(first) + more
    limited = f", the first {ROWS_SHOWN} shown" if more else ""
    console.print(f"[dim]{count} row{'' if count == 1 else 's'}{limited}[/dim]")


def draw(columns: Sequence[str], rows: Sequence[Sequence[Any]], console: "Console") -> None:
    """Prints rows below the names of their columns.

    A few rows too wide for the terminal are turned on their side; of many, the first columns that
    fit are shown and the others named.
    """
    cells = [[printable(shown(cell)) for cell in row] for row in rows]
    narrowest = [_narrowest(name, place, cells) for place, name in enumerate(columns)]
    fitting = _fitting(narrowest, console.width)
    if fitting < len(columns) and 0 < len(cells) <= _FEW_ROWS:
        _sideways(columns, cells, console)
        return
    from rich.markup import escape

    numeric = [_is_numeric(rows, place) for place in range(fitting)]
    _upright(columns[:fitting], cells, narrowest, numeric, console)
    if fitting < len(columns):
        left_out = ", ".join(columns[fitting:])
        console.print(f"[dim]Too wide to show, ask for them by name: {escape(left_out)}[/dim]")


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


def _upright(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    narrowest: Sequence[int],
    numeric: Sequence[bool],
    console: "Console",
) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
    for name, width, is_number in zip(columns, narrowest, numeric, strict=False):
        table.add_column(
            name, justify="right" if is_number else "left", overflow="fold", min_width=width
        )
    for row in cells:
        table.add_row(*(escape(cell) for cell in row[: len(columns)]))
    console.print(table)


def _sideways(columns: Sequence[str], cells: Sequence[Sequence[str]], console: "Console") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, _GAP, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    for _ in cells:
        table.add_column(overflow="fold")
    for place, name in enumerate(columns):
        table.add_row(name, *(escape(row[place]) for row in cells))
    console.print(table)


def _narrowest(name: str, place: int, cells: Sequence[Sequence[str]]) -> int:
    """The least width of a column: its widest cell, but not more than _NARROWEST or a word needs.

    So text wraps between words, and an id stays whole.
    """
    texts = [name, *(row[place] for row in cells)]
    line = max(len(line) for text in texts for line in text.split("\n"))
    word = max(len(word) for text in texts for word in [*text.split(), ""])
    return max(min(line, _NARROWEST), min(word, _LONGEST_WORD))


def _fitting(narrowest: Sequence[int], available: int) -> int:
    """How many leading columns fit when each is as narrow as it may be."""
    used = 0
    for place, width in enumerate(narrowest):
        used += width + _GAP
        if used > available + _GAP:
            return max(place, 1)
    return len(narrowest)


def _is_numeric(rows: Sequence[Sequence[Any]], place: int) -> bool:
    return bool(rows) and all(isinstance(row[place], int | float | None) for row in rows)
