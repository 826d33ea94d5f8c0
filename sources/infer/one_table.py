"""A file is one table: another below the first, or beside it, is told and never mixed in."""

from collections.abc import Iterable, Sequence

from common.errors import InputError
from sources.infer.columns import Columns
from sources.infer.hints import Hints, Known, Question
from sources.infer.periods import is_periods
from sources.infer.places import CODE, NAME, OTHER_CODE
from sources.infer.signs import MISSING
from sources.infer.words import is_place_heading
from sources.periods import in_heading, period_of


def require_one_table(
    columns: Columns, values: Iterable[str], placed: Sequence[int], hints: Hints, known: Known
) -> None:
    """Raises InputError for a second header in the rows, a Question for places beside figures."""
    _require_one_header(columns, list(values), placed)
    if not hints.values:
        _ask_about_other_places(columns, list(values), placed, known)


def _require_one_header(columns: Columns, values: Sequence[str], placed: Sequence[int]) -> None:
    is_placed = set(placed)
    place = columns.taken_as(CODE) or columns.taken_as(NAME) or ""
    has_years = any(in_heading(columns.heading_of(name)) for name in values)
    for row in range(min(placed), max(placed)):
        text = columns.cells[place][row]
        if row in is_placed or (text and not _is_heading(columns, place, text)):
            continue
        cells = {name: cell for name in values if (cell := columns.cells[name][row])}
        if cells and all(
            cell == columns.heading_of(name) or (has_years and period_of(cell) and "." not in cell)
            or (text and cell not in MISSING and not any(sign.isdigit() for sign in cell))
            for name, cell in cells.items()
        ):  # fmt: skip
            shown = ", ".join([text or "''", *cells.values()][:4])
            raise InputError(
                f"{columns.file}: row {columns.rows[row]} ({shown}) begins another table; save each"
                " in a file of its own, or leave out what follows: --footer"
                f" {len(columns.rows) - row}."
            )


def _is_heading(columns: Columns, place: str, text: str) -> bool:
    return text == columns.heading_of(place) or is_place_heading(text)


def _ask_about_other_places(
    columns: Columns, values: Sequence[str], placed: Sequence[int], known: Known
) -> None:
    """Whether other municipalities stand between the figures, which may be theirs."""
    places = [
        columns.cells[name] for name in (columns.taken_as(CODE), columns.taken_as(NAME)) if name
    ]
    figures = set(values)
    before: tuple[str, ...] = ()
    for other in columns.cells:
        if other in figures:
            before += (other,)
            continue
        if not before or len(before) == len(figures) or not _may_be_place(columns, other, placed):
            continue
        cells = columns.cells[other]
        held = [row for row in placed if known.kind(cells[row])]
        if len(held) * 2 > len(placed) and all(
            sum(cells[row] == taken[row] for row in held) * 2 < len(held) for taken in places
        ):
            raise Question(
                f"{columns.file}: '{other}' holds municipalities too, with figures on both sides;"
                f" say which are about '{columns.taken_as(CODE) or columns.taken_as(NAME)}':"
                f" --value {before[0]}.",
                "values",
                before,
            )


def _may_be_place(columns: Columns, name: str, placed: Sequence[int]) -> bool:
    return columns.taken_for.get(name, OTHER_CODE) == OTHER_CODE and not is_periods(
        columns, name, placed
    )
