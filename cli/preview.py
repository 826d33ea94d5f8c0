"""What was understood of a file, shown before it is loaded: what is shown is what is loaded."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.console import Console

from cli.terminal import escape
from common import tables
from common.text import listed
from sources import files
from sources.catalogue import Catalogue, Indicator
from sources.file_rows import FileRow, read_rows
from sources.frames import Frames
from sources.http import Reply
from sources.infer import Known, Proposal
from sources.municipal_cells import other_body

_FIRST = 5  # figures shown
_SHOWN = 50  # refused rows
_COLUMNS_SHOWN = 40
_TOTALS_SHOWN = 6

Named = Callable[[str, int], str]
"""A code with its name in a year."""


def show(proposal: Proposal, frames: Frames, reply: Reply, known: Known, named: Named) -> None:
    """Prints how a file is read: columns, signs, division, rows refused, totals, first figures."""
    console = Console()

    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True, highlight=False)

    columns = proposal.columns
    others = [name for name in proposal.sheets if f"'{name}'" not in proposal.written]
    say(proposal.written + (f"; other sheets: {', '.join(others)}." if others else "."))
    say(f"The rows begin below row {columns.rows[0] - 1}.")
    _show_columns(proposal, console)
    for sentence in _how_it_is_read(proposal):
        say(sentence)
    figures = frames["observation"].to_pylist()
    refused = frames["refused_row"].to_pylist()
    say(_counted(figures, refused))
    for row in refused[:_SHOWN]:
        where = f"row {row['row']}: "
        say(f"  {where}{row['reason'].rpartition(where)[2]}")
    if len(refused) > _SHOWN:
        say(f"  and {len(refused) - _SHOWN} more.")
    for sentence in _strange_codes(proposal, figures, known)[:_SHOWN]:
        say(f"  {sentence}")
    for sentence in _absent(proposal, figures, known, named):
        say(sentence)
    if any(" is a total" in row["reason"] or " is the country" in row["reason"] for row in refused):
        for sentence in _totals(proposal, reply, figures):
            say(sentence)
    counted = Counter(row["indicator_id"] for row in figures)
    say(f"First figures of {', '.join(f'{name} ({n})' for name, n in counted.items())}:")
    shown: list[tuple[Any, ...]] = [
        (row["reported_code"], row["indicator_id"], row["period"], row["value"], row["status"])
        for row in figures[:_FIRST]
    ]
    tables.render(("code", "indicator", "period", "value", "status"), shown, console)


def _show_columns(proposal: Proposal, console: Console) -> None:
    columns = proposal.columns
    names = sorted(columns.cells, key=lambda name: name not in columns.taken_for)
    keep = set(names[:_COLUMNS_SHOWN])
    rows = [
        (
            name if name == columns.heading_of(name) else f"{name} {columns.heading_of(name)}",
            columns.taken_for.get(name, "left out"),
            " | ".join(columns.cells[name][:3]),
        )
        for name in columns.cells
        if name in keep
    ]
    tables.render(("column", "understood as", "first cells"), rows, console)
    for name, why in columns.why.items():
        if not columns.taken_for[name].startswith("figures"):
            console.print(escape(f"'{name}': {why}."), soft_wrap=True, highlight=False)
    if len(names) > len(keep):
        console.print(f"and {len(names) - len(keep)} more columns.", highlight=False)


def _how_it_is_read(proposal: Proposal) -> Iterator[str]:
    layout = proposal.table.layout
    if layout is None:
        return
    apart = f", thousands sign '{layout.thousands}'" if layout.thousands else ""
    signs = "".join(f", {sign}" for sign in layout.missing if sign)
    yield f"Decimal sign '{layout.decimal}'{apart}; missing: an empty cell{signs}."
    if layout.blocks:
        yield f"An empty cell of {listed(layout.blocks)} is read as the one above it (blocks)."
    on = f"names as on {layout.names_on}, " if layout.names_on and not layout.code else ""
    division = proposal.table.division
    yield f"Municipalities: {on}division {division} ({proposal.division_why})."


def _counted(figures: Sequence[dict[str, Any]], refused: Sequence[dict[str, Any]]) -> str:
    missing = sum(row["value"] is None for row in figures)
    placed = {row["reported_code"] for row in figures}
    return (
        f"{len(figures)} figures ({missing} missing) of {len(placed)} municipalities;"
        f" {len(refused)} {'row' if len(refused) == 1 else 'rows'} refused."
    )


def _strange_codes(
    proposal: Proposal, figures: Sequence[dict[str, Any]], known: Known
) -> list[str]:
    """A sentence for each code with figures that is not in force in the division it is read in."""
    division = proposal.table.division
    years = {
        (row["reported_code"], int(row["period"][:4]) if division == "own" else int(division))
        for row in figures
        if row["value"] is not None
    }
    return [
        f"code {code} was not in force on 1 January {year}: it is read in the nearest division that"
        " has it, and left out if none has"
        for code, year in sorted(years)
        if code not in known.in_force(year)
    ]


def _absent(
    proposal: Proposal, figures: Sequence[dict[str, Any]], known: Known, named: Named
) -> Iterator[str]:
    """Which municipalities of the division the file has no row for."""
    division = proposal.table.division
    year = max(int(row["period"][:4]) for row in figures) if division == "own" else int(division)
    year = min(year, known.today.year)
    absent = sorted(known.in_force(year) - {row["reported_code"] for row in figures})
    if not absent:
        yield f"All {len(known.in_force(year))} municipalities of {year} are in the file."
        return
    first = listed([named(code, year) for code in absent[:5]])
    more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
    yield f"Not in the file: {len(absent)} municipalities of {year} ({first}{more})."


def _totals(proposal: Proposal, reply: Reply, figures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The totals that stand in the file beside the sums of what was read."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for figure in figures:
        sums[figure["indicator_id"], figure["period"]] += figure["value"] or 0
    shown = 0
    for row in read_rows(proposal.table, reply):
        label = next((cell for cell in row.cells.values() if cell), "")
        if other_body(label) not in ("a total", "the country"):
            continue
        for indicator, period, value in _figures_of(proposal, row):
            if shown == _TOTALS_SHOWN:
                return
            shown += 1
            total = sums[indicator.id, period]
            yield (
                f"Row {row.number}, '{label}', {indicator.id} {period}: {value:.12g} in the file,"
                f" {total:.12g} is the sum of what was read."
            )


def _figures_of(proposal: Proposal, row: FileRow) -> Iterator[tuple[Indicator, str, float]]:
    entries = Catalogue(tables=(proposal.table,), indicators=proposal.indicators)
    for indicator, period, value in files.figures_of_row(entries, proposal.table, row):
        if value is not None:
            yield indicator, period, value
