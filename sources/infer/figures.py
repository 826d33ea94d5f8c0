"""Which columns hold figures, and what each of them measures."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from common.errors import InputError
from common.tabular.numerals import BOUND, Number, is_number, without_mark
from sources.infer.columns import PART_OF_YEAR, PERIOD, Columns
from sources.infer.hints import Hints, Known, Question
from sources.infer.ids import ids_of, require_id
from sources.infer.signs import MISSING
from sources.infer.words import OTHER_CODE_WORDS, plain
from sources.periods import in_heading, period_of

MEASURE = "what is measured"
_NO_FIGURE = {
    "fylkesnummer", "fylkenr", "fylkesnr", "fylkenummer", "fnr",
    "id", "nr", "index", "rad", "row", "unnamed0", "x1",
    "county", "countyno", "countycode", "art", "funksjon", "kontoklasse", "regnskapsomfang",
    "kjønn", "kjonn", "sex", "gender", "alder", "age", "aldersgruppe", "næring", "naering",
}  # fmt: skip
_MOST_INDICATORS = 300
_NEARLY_ALL = 0.9
_CODE_OF_SOMETHING = re.compile(r"0\d+")
_DAY = re.compile(r"(\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?!\d).*")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d(?:[.,]0)?")


@dataclass(frozen=True)
class Measure:
    """A column of figures: the indicator it gives, and its period where its heading says one."""

    indicator: str
    title: str
    period: str | None


def take_values(
    columns: Columns, hints: Hints, wide: dict[str, str], placed: Sequence[int]
) -> dict[str, Measure]:
    """Columns of figures, each with the indicator it gives."""
    if hints.values:
        values = _values_named(columns, hints, wide)
    elif columns.doubtful_group:
        raise Question(
            f"{columns.file}: it is uncertain over which columns '{columns.doubtful_group}' stands;"
            f" write it over each of them, or say which are meant: --value COLUMN=ID;"
            f" {columns.listed}.",
            "values",
        )
    elif wide:
        rests = {name: rest_of_heading(columns, name) for name in wide}
        several = len(set(rests.values())) > 1
        ids = ids_of(hints.id, list(dict.fromkeys(rests.values())) if several else [""])
        values = {
            name: Measure(ids[rests[name] if several else ""], rests[name] if several else "", when)
            for name, when in wide.items()
        }
    else:
        found = [name for name in columns.free() if is_figures(columns, name, placed)]
        _ask_about_years(columns, found, placed)
        _ask_about_other_periods(columns, found, hints, placed)
        headings = [columns.heading_of(name) for name in found]
        ids = ids_of(hints.id, headings) if len(found) > 1 else dict.fromkeys(headings, hints.id)
        if len(set(headings)) < len(headings):
            raise Question(
                f"{columns.file}: several columns are headed '{_repeated(headings)}'; say which is"
                f" meant: --value COLUMN=ID; {columns.listed}.",
                "values",
                tuple(found),
            )
        values = {
            name: Measure(ids[heading], heading if len(found) > 1 else "", None)
            for name, heading in zip(found, headings, strict=True)
        }
    if not values:
        raise Question(
            f"{columns.file}: no column holds numbers; say --value COLUMN; {columns.listed}.",
            "values",
        )
    for name, measure in values.items():
        require_id(measure.indicator)
        period = f" in {measure.period}" if measure.period else ""
        why = "as you said" if hints.values else "nearly all of its cells are numbers"
        columns.take(name, f"figures of {measure.indicator}{period}", why)
    return values


def _ask_about_other_periods(
    columns: Columns, found: Sequence[str], hints: Hints, placed: Sequence[int]
) -> None:
    """Raises a Question where the heading of a figure says another year than its row does."""
    column = columns.taken_as(PERIOD)
    if column and hints.period is not None:
        return
    periods = {columns.cells[column][row] for row in placed} if column else {hints.period or ""}
    years = {period[:4] for each in periods if (period := period_of(each))}
    for name in found:
        heading = in_heading(columns.heading_of(name))
        if heading and years and years != {heading[0][:4]}:
            whole = f"column '{column}'" if column else f"--period {hints.period}"
            answer = f"--period {_quoted(column)} if that counts, or " if column else ""
            raise Question(
                f"{columns.file}: '{name}' is headed by {heading[0]}, and {whole} says"
                f" {min(years - {heading[0][:4]})}; say {answer}which columns are figures:"
                f" --value COLUMN; {columns.listed}.",
                "period" if column else "values",
                (column,) if column else (),
            )


def rest_of_heading(columns: Columns, name: str) -> str:
    """What a heading says beside its period."""
    found = in_heading(columns.heading_of(name))
    return found[1] if found else ""


def _ask_about_years(columns: Columns, found: Sequence[str], placed: Sequence[int]) -> None:
    """Raises a Question where a column of years stands among the figures: is it one of them?"""
    for name in found:
        cells = {columns.cells[name][row] for row in placed} - MISSING - columns.missing
        if all(_YEAR_ALONE.fullmatch(cell) for cell in cells):
            others = tuple(other for other in found if other != name)
            raise Question(
                f"{columns.file}: '{name}' holds years; say which columns are figures:"
                f" {' '.join(f'--value {_quoted(each)}' for each in (*others, name)[:3])}.",
                "values",
                others or (name,),
            )


def _quoted(name: str) -> str:
    """A column as it is typed."""
    return f"'{name}'" if re.search(r"\W", name) else name


def _repeated(headings: Sequence[str]) -> str:
    return next(heading for heading in headings if headings.count(heading) > 1)


def _values_named(columns: Columns, hints: Hints, wide: dict[str, str]) -> dict[str, Measure]:
    """The columns that were named; several that measure different things give an indicator each."""
    wanted: dict[str, str] = {}
    for wish in hints.values:
        column, _, indicator = ("", "", "") if columns.called(wish) else wish.rpartition("=")
        wanted[columns.find(column or wish)] = indicator
    named = {
        name: rest_of_heading(columns, name) if wide else columns.heading_of(name) or name
        for name in wanted
    }
    several = len(set(named.values())) > 1
    ids = ids_of(hints.id, list(dict.fromkeys(named.values())) if several else [""])
    values = {
        name: Measure(
            indicator or ids[named[name] if several else ""],
            named[name] if several else "",
            wide.get(name),
        )
        for name, indicator in wanted.items()
    }
    if wide and (without := [name for name, each in values.items() if each.period is None]):
        raise InputError(
            f"{columns.file}: the heading of '{without[0]}' says no period, and those of other"
            f" columns do; say --period."
        )
    return values


def is_figures(columns: Columns, name: str, placed: Sequence[int]) -> bool:
    """Whether nearly all cells of municipalities that say something are numbers, and figures."""
    heading = plain(columns.heading_of(name))
    cells = [columns.cells[name][row] for row in placed]
    known = MISSING | columns.missing
    numbers = sum(isinstance(cell, Number) for cell in cells)
    counted = numbers
    for cell, count in Counter(c for c in cells if not isinstance(c, Number)).items():
        if cell not in known and not BOUND.fullmatch(cell):
            counted += count
            numbers += count if is_number(without_mark(cell)[0]) else 0
    if any(_CODE_OF_SOMETHING.fullmatch(cell) for cell in cells if not isinstance(cell, Number)):
        return False
    is_no_figure = heading in _NO_FIGURE or OTHER_CODE_WORDS.fullmatch(heading)
    if not numbers or numbers < counted * _NEARLY_ALL or is_no_figure:
        return False
    return bool(columns.heading_of(name)) or not (any(columns.headings) or _is_index(cells))


def is_all_missing(columns: Columns, name: str, placed: Sequence[int]) -> bool:
    """Whether a column says nothing but signs for missing, and one at least."""
    cells = {columns.cells[name][row] for row in placed}
    return cells != {""} and all(
        cell in MISSING | columns.missing or BOUND.fullmatch(cell) for cell in cells
    )


def _is_index(cells: Sequence[str]) -> bool:
    """Whether cells count the rows, as pandas and R do: 0, 1, 2, ... or 1, 2, 3, ..."""
    numbers = [int(cell) if re.fullmatch(r"\d+", cell) else None for cell in cells]
    return all(number is not None for number in numbers) and all(
        after is not None and before is not None and after == before + 1
        for before, after in pairwise(numbers)
    )


# --- rows that measure different things ----------------------------------------------------


def take_measures(
    columns: Columns, values: dict[str, Measure], places: Sequence[str | None], known: Known
) -> tuple[str, ...]:
    """The columns that say what a row measures, where a municipality and period has several."""
    extra = [
        columns.cells[name]
        for what in (PERIOD, PART_OF_YEAR)
        if (name := columns.taken_as(what)) is not None
    ]
    keys = list(zip(places, *extra, strict=True))
    rows = [row for row, place in enumerate(places) if place is not None]
    if (repeated := _twice(keys, rows, [])) is None:
        return ()
    free = [
        name
        for name in columns.free()
        if not _is_many(columns, name, rows)
        and not OTHER_CODE_WORDS.fullmatch(plain(columns.heading_of(name)))
        and not all(_DAY.fullmatch(columns.cells[name][row]) for row in rows)
        and not _is_index([columns.cells[name][r] for r in rows])
    ]
    for size in (1, 2, 3):
        for names in combinations(free[:12], size):
            if _twice(keys, rows, [columns.cells[name] for name in names]) is None:
                for name in names:
                    columns.take(name, MEASURE, "tells the rows of a municipality apart")
                return names
    shown = " in ".join(filter(None, repeated))
    if len(numbers := _numbers_apart(columns, values, keys, rows)) > 1:
        raise Question(
            f"{columns.file}: {shown} stands in several rows; does a column of numbers tell them"
            f" apart? Say which are figures: --value {_quoted(numbers[-1])}.",
            "values",
            tuple(reversed(numbers)),
        )
    raise InputError(
        f"{columns.file}: {shown} stands in several rows, and no column tells them apart; keep one"
        " of them, or add a column that says what each measures."
    )


def _numbers_apart(
    columns: Columns,
    values: dict[str, Measure],
    keys: Sequence[tuple[str | None, ...]],
    rows: Sequence[int],
) -> list[str]:
    """The columns taken for figures, if all but one of them tell the rows apart."""
    numbers = [] if any(each.period for each in values.values()) else list(values)
    cells = [columns.cells[name] for name in numbers[:-1]]
    return numbers if _twice(keys, rows, cells) is None else []


def _is_many(columns: Columns, name: str, rows: Sequence[int]) -> bool:
    """Whether a column says something else in most rows, as a note or a count does."""
    distinct = {columns.cells[name][row] for row in rows}
    return len(distinct) > min(_MOST_INDICATORS, max(len(rows) * 0.5, 2))


def _twice(
    keys: Sequence[tuple[str | None, ...]], rows: Sequence[int], extra: Sequence[Sequence[str]]
) -> tuple[str, ...] | None:
    seen = set()
    for row in rows:
        key = (keys[row], *(cells[row] for cells in extra))
        if key in seen:
            return tuple(part or "" for part in keys[row])
        seen.add(key)
    return None
