"""Which column, or which headings, say the period of a figure."""

import re
from collections.abc import Sequence

from common.errors import InputError
from common.tabular.numerals import is_number
from sources.infer.columns import PART_OF_YEAR, PERIOD, Columns
from sources.infer.figures import is_all_missing, is_figures, rest_of_heading
from sources.infer.hints import Hints, Question
from sources.infer.signs import MISSING
from sources.infer.words import is_period_heading, plain
from sources.periods import in_heading, may_be_school_year, part_of_year, period_of

_PARTS = {"måned", "maaned", "month", "mnd", "kvartal", "quarter"}
_NEARLY_ALL = 0.9


def take_periods(columns: Columns, hints: Hints, placed: Sequence[int]) -> dict[str, str]:
    """Columns whose headings end or begin with a period, with that period; empty where none does.

    A column of periods is taken for it, and one of months or quarters beside it. `--period` names
    such a column, or the one period of all.
    """
    wide = _found(columns, hints, placed)
    _require_no_school_years(columns, wide, placed)
    return wide


def _require_no_school_years(columns: Columns, wide: dict[str, str], placed: Sequence[int]) -> None:
    """Raises InputError for `2010-11`, where no other cell or heading says that it is a month."""
    name = columns.taken_as(PERIOD)
    texts = {columns.cells[name][row] for row in placed} if name else set[str]()
    texts |= {word for heading in wide for word in columns.heading_of(heading).split()}
    months = {each for each in texts if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", each)}
    if months and all(may_be_school_year(each) for each in months):
        either = min(months)
        raise InputError(
            f"{columns.file}: '{either}' may be a month or the school year that begins in"
            f" {either[:4]}; write {either.replace('-', 'M')} or {either.replace('-', '/')}."
        )


def _found(columns: Columns, hints: Hints, placed: Sequence[int]) -> dict[str, str]:
    part = next((n for n in columns.free() if plain(columns.heading_of(n)) in _PARTS), None)
    if hints.period is not None:
        if name := columns.called(hints.period):
            columns.take(name, PERIOD, "as you said")
        elif not period_of(hints.period):
            raise InputError(
                f"{columns.file}: --period {hints.period} is neither a column nor a period as 2025,"
                f" 2025K1 or 2025H1; {columns.listed}."
            )
        _take_part(columns, part, placed)
        return _months(columns, hints.period, placed)
    for name in list(columns.free()):
        if is_period_heading(columns.heading_of(name)) and is_periods(columns, name, placed):
            columns.take(name, PERIOD, "its heading, and its cells are periods")
            _take_part(columns, part, placed)
            return {}
    if name := _unheaded_periods(columns, placed):
        columns.take(name, PERIOD, "its cells are periods, several a municipality")
        return {}
    if part and is_periods(columns, part, placed):
        columns.take(part, PERIOD, "its heading, and its cells are periods")
        return {}
    wide = {
        name: found[0]
        for name in columns.free()
        if (found := in_heading(columns.heading_of(name)))
        and (is_figures(columns, name, placed) or is_all_missing(columns, name, placed))
    }
    if not any(is_figures(columns, name, placed) for name in wide):
        wide = {}
    if not wide:
        raise _no_period(columns, part, placed)
    _require_common_periods(columns, wide, hints)
    return wide


def _months(columns: Columns, period: str, placed: Sequence[int]) -> dict[str, str]:
    """Columns headed by months or quarters of the year that is said, with their periods."""
    if columns.taken_as(PERIOD) or columns.taken_as(PART_OF_YEAR) or not period.isdigit():
        return {}
    found = {
        name: f"{period}{part}"
        for name in columns.free()
        if not (heading := columns.heading_of(name)).isdigit()
        and (part := part_of_year(heading, quarters=False))
        and is_figures(columns, name, placed)
    }
    return found if len(found) > 1 else {}


def _take_part(columns: Columns, part: str | None, placed: Sequence[int]) -> None:
    if part is None:
        return
    quarters = "kvartal" in part.lower() or "quarter" in part.lower()
    cells = [columns.cells[part][row] for row in placed]
    if cells and all(part_of_year(cell, quarters=quarters) for cell in cells):
        columns.take(part, PART_OF_YEAR, "its heading, and its cells are parts of a year")


def is_periods(columns: Columns, name: str, placed: Sequence[int]) -> bool:
    """Whether nearly all cells of these rows are periods."""
    cells = [columns.cells[name][row] for row in placed]
    periods = sum(period_of(cell) is not None for cell in cells)
    return bool(cells) and periods >= len(cells) * _NEARLY_ALL


def _unheaded_periods(columns: Columns, placed: Sequence[int]) -> str | None:
    """The column without a heading that holds nothing but periods, several for a municipality."""
    place = columns.cells[next(iter(columns.taken_for))]
    for name in columns.free():
        pairs = [(place[row], period_of(columns.cells[name][row])) for row in placed]
        is_alone = not columns.heading_of(name) and all(period for _, period in pairs)
        if is_alone and len(set(pairs)) > len({known for known, _ in pairs}):
            return name
    return None


def _require_common_periods(columns: Columns, wide: dict[str, str], hints: Hints) -> None:
    """Raises a Question where several measures share no period: years may be a part of names.

    Columns that were named have figures of the years in their headings.
    """
    by_measure: dict[str, set[str]] = {}
    for name, period in wide.items():
        by_measure.setdefault(rest_of_heading(columns, name), set()).add(period)
    is_disjoint = 1 < len(by_measure) == len(set(wide.values())) == len(wide)
    if is_disjoint and not hints.values:
        first, second, *_ = wide
        raise Question(
            f"{columns.file}: '{first}' and '{second}' are of one year each, which may be a part of"
            " what is measured; say --value 'COLUMN' for each that has figures of that year, or"
            " --period 2025 for all.",
            "values",
            tuple(wide),
        )


def _no_period(columns: Columns, part: str | None, placed: Sequence[int]) -> Question:
    if part:
        return Question(
            f"{columns.file}: '{part}' holds parts of a year, and no column holds the year; say"
            " --period 2025.",
            "period",
        )
    for name in columns.free():
        heading = columns.heading_of(name)
        texts = [cell for row in placed if (cell := columns.cells[name][row]) not in MISSING]
        if in_heading(heading) and (odd := [cell for cell in texts if not is_number(cell)]):
            return Question(
                f"{columns.file}: column '{name}' is no column of figures, for '{odd[0]}' is no"
                f" number; correct it, or say --missing '{odd[0]}'.",
                "missing",
                (odd[0],),
            )
        if is_period_heading(heading) and (odd := [cell for cell in texts if not period_of(cell)]):
            return Question(
                f"{columns.file}: '{odd[0]}' in column '{name}' is not a period; write the year it"
                " counts as, or say --period 2025.",
                "period",
            )
    likely = tuple(name for name in columns.free() if is_periods(columns, name, placed))
    hint = f" ('{likely[0]}' may hold years)" if likely else ""
    return Question(
        f"{columns.file}: no column holds periods and none is named after one{hint}; say --period"
        f" 2025, or --period COLUMN; {columns.listed}.",
        "period",
        likely,
    )
