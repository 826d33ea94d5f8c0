"""The catalogue entry that reads a file, made of what was found out and what was said."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import product
from typing import Any

from common.errors import InputError
from common.tabular import kinds
from common.tabular.grid import Grid, read_grid
from sources.catalogue import Indicator, Origin, Table
from sources.catalogue.entry import Title
from sources.catalogue.layout import FileLayout
from sources.infer.blocks import fill_blocks
from sources.infer.columns import PART_OF_YEAR, PERIOD, Columns
from sources.infer.division import (
    Division,
    Name,
    codes_holding,
    names_holding,
    of_codes,
    of_names,
    settled,
)
from sources.infer.figures import Measure, take_measures, take_values
from sources.infer.hints import FIRST_YEAR, Hints, Known, Question
from sources.infer.ids import ids_of, require_id
from sources.infer.one_table import require_one_table
from sources.infer.periods import take_periods
from sources.infer.places import CODE, COUNTY, NAME, find_places
from sources.infer.signs import (
    MISSING,
    is_more_than_nothing,
    missing_signs,
    number_signs,
    require_no_signs_in_digits,
)
from sources.municipal_cells import code_and_name
from sources.periods import period_of

_MOST_INDICATORS = 300
_NOT_ANSWERS = ("id", "title", "publisher", "licence", "citation", "url", "unit", "aggregate")


@dataclass(frozen=True)
class Proposal:
    """A catalogue entry for a file, and what it was made out from.

    `division_why` says how the municipal division of the figures was found.
    """

    table: Table
    indicators: tuple[Indicator, ...]
    columns: Columns
    written: str
    sheets: tuple[str, ...]
    division_why: str


def propose(content: bytes, file: str, hints: Hints, known: Known) -> Proposal:
    """The entry that reads a file. `file` is its name, for sentences and for its provenance.

    Raises InputError where the file can't be read, and a Question where something has to be said:
    its sentence names the option that says it.
    """
    require_id(hints.id)
    _require_pattern(hints.name_pattern)
    if isinstance(hints.division, int) and not FIRST_YEAR <= hints.division <= known.today.year:
        raise InputError(f"--division {hints.division}: no municipal division of then is known.")
    grid = read_grid(content, file, sheet=hints.sheet)
    columns = _columns(grid, file, hints, known)
    blocks = fill_blocks(columns)
    placed = _placed(columns, known)
    wide = take_periods(columns, hints, placed)
    _require_sheet_of_period(grid, file, hints)
    values = take_values(columns, hints, wide, placed)
    require_one_table(columns, values, placed, hints, known)
    division = _division(columns, hints, wide, values, known)
    places = _places(columns, known, division)
    measures = take_measures(columns, values, places, known)
    require_no_signs_in_digits(columns, values, hints, placed)
    decimal, thousands = number_signs(columns, values, hints, placed)
    layout = FileLayout.model_validate(
        {
            "file": f"{hints.id}{kinds.ending(content)}",
            **grid.layout,
            "skip_rows": columns.skip_rows,
            "has_header": columns.has_header,
            "header_rows": columns.header_rows,
            "footer_rows": hints.footer_rows,
            "code": (code := columns.taken_as(CODE)),
            "code_form": "any",
            "name": columns.taken_as(NAME),
            "names_on": division.names_on,
            "county": columns.taken_as(COUNTY),
            "period": columns.taken_as(PERIOD),
            "part_of_year": columns.taken_as(PART_OF_YEAR),
            "blocks": blocks,
            "decimal": decimal,
            "thousands": thousands,
            "missing": missing_signs(columns, values, hints),
            **({"name_pattern": hints.name_pattern} if hints.name_pattern and not code else {}),
        }
    )
    table = _table(layout, file, hints, known, division)
    indicators = tuple(_indicators(columns, hints, table.id, values, measures, placed))
    return Proposal(table, indicators, columns, grid.written, grid.sheets, division.why)


def _columns(grid: Grid, file: str, hints: Hints, known: Known) -> Columns:
    """The columns with municipalities; where a sheet has none and there are others, it is asked."""
    try:
        if max((len(cells) for _, cells in grid.rows), default=0) < 2:
            raise InputError(
                f"{file}: there is one column only."
                if grid.sheets
                else f"{file}: no ; tab , or | parts it into columns; save it as CSV or as a"
                " workbook."
            )
        if not any(cell for _, cells in grid.rows for cell in cells):
            raise InputError(f"{file}: there are no rows.")
        return find_places(grid, file, hints, known)
    except InputError as error:
        others = grid.sheets[1:]
        if not others or hints.sheet or isinstance(error, Question):
            raise
        names = ", ".join(f"'{name}'" for name in others[:5])
        raise Question(
            f"{error} This is sheet '{grid.sheets[0]}'; for another say --sheet: {names}.",
            "sheet",
            others,
        ) from error


def _require_sheet_of_period(grid: Grid, file: str, hints: Hints) -> None:
    """Raises a Question where the sheet is called by another year than `--period` says."""
    sheet = hints.sheet or next(iter(grid.sheets), "")
    of_sheet, of_hint = period_of(sheet), period_of(hints.period or "")
    if of_sheet and of_hint and of_sheet[:4] != of_hint[:4]:
        others = tuple(name for name in grid.sheets if name != sheet)
        listed = ", ".join(map(repr, others[:5])) or "there is none"
        raise Question(
            f"{file}: this is sheet '{sheet}', and --period says {of_hint}; say --period"
            f" {of_sheet}, or another --sheet: {listed}.",
            "sheet",
            others,
        )


def _require_pattern(pattern: str | None) -> None:
    try:
        groups = re.compile(pattern or "(?P<name>)").groupindex
    except re.error as error:
        raise InputError(f"--name-pattern '{pattern}' is no pattern: {error}.") from error
    if "name" not in groups:
        raise InputError(f"--name-pattern '{pattern}' needs a group (?P<name>...).")


def _placed(columns: Columns, known: Known) -> list[int]:
    """The rows that hold a municipality. Where none does, an option has said the column: all."""
    column = columns.taken_as(CODE) or columns.taken_as(NAME) or ""
    cells = columns.cells[column]
    return [row for row, cell in enumerate(cells) if known.kind(cell)] or list(range(len(cells)))


def _places(columns: Columns, known: Known, division: Division) -> list[str | None]:
    """What each row says of its municipality, as rows are told apart by; None where it is no one's.

    A name that several have is none here: its rows are refused when they are read.
    """
    if code := columns.taken_as(CODE):
        return [
            found if (found := code_and_name(cell)[0]) in known.ever else None
            for cell in columns.cells[code]
        ]
    on = division.names_on if isinstance(division.names_on, date) else known.today
    keys = _names(columns)
    wanted = [key for key in dict.fromkeys(keys) if known.codes_named(key[0])]
    resolved = dict(zip(wanted, known.resolve(wanted, on), strict=True))
    if division.names_on == "own":
        return [name.casefold() if known.codes_named(name) else None for name, _ in keys]
    return [place if isinstance(place := resolved.get(key), str) else None for key in keys]


def _names(columns: Columns) -> list[Name]:
    """The name of each row, empty where there is none, and its county."""
    names = [code_and_name(cell)[1] or "" for cell in columns.cells[columns.taken_as(NAME) or ""]]
    county = columns.taken_as(COUNTY)
    counties = [cell or None for cell in columns.cells[county]] if county else [None] * len(names)
    return list(zip(names, counties, strict=True))


def _division(
    columns: Columns,
    hints: Hints,
    wide: dict[str, str],
    values: dict[str, Measure],
    known: Known,
) -> Division:
    """The division of the codes or names, from the years of the figures."""
    period = columns.taken_as(PERIOD)
    rows = list(range(len(columns.rows)))
    if period:
        whens = [
            {found[:4]} if (found := period_of(columns.cells[period][row])) else set()
            for row in rows
        ]
    elif wide:
        whens = [
            {
                when[:4]
                for name, when in wide.items()
                if name in values and columns.cells[name][row] not in MISSING
            }
            for row in rows
        ]
    else:
        stated = period_of(hints.period or "")
        whens = [{stated[:4]} if stated else set() for _ in rows]
    years = [{int(year) for year in found} for found in whens]
    figured = _years_with_figures(columns, {} if period else wide, values, years)
    if code := columns.taken_as(CODE):
        cells = [code_and_name(cell) for cell in columns.cells[code]]
        has_names = bool(columns.taken_as(NAME)) or any(name for _, name in cells)
        codes = [found if found in known.ever else None for found, _ in cells]
        division = of_codes(columns.file, codes, years, has_names, hints, known)
        places: list[Name] = [(found or "", None) for found in codes]
        holding = codes_holding({found for found in codes if found}, known)
    else:
        names = _names(columns)
        division = of_names(columns.file, names, years, hints, known)
        places = [name if known.codes_named(name[0]) else ("", None) for name in names]
        holding = names_holding([name for name in dict.fromkeys(places) if name[0]], known)
    if hints.division is not None or hints.names_on is not None:
        return division
    return settled(columns.file, division, places, figured, holding, known)


def _years_with_figures(
    columns: Columns, wide: dict[str, str], values: Iterable[str], years: Sequence[set[int]]
) -> list[set[int]]:
    """The years in which each row has a figure that is not 0."""
    found: list[set[int]] = [set() for _ in years]
    for name in values:
        of_column = {int(wide[name][:4])} if name in wide else None
        for row, cell in enumerate(columns.cells[name]):
            if cell not in columns.missing and is_more_than_nothing(cell):
                found[row] |= years[row] if of_column is None else of_column
    return found


def _table(layout: FileLayout, file: str, hints: Hints, known: Known, division: Division) -> Table:
    title = hints.title or Title(nb=file, en=file)
    return Table(
        id=f"file_{hints.id}",
        kind="file",
        publisher=hints.publisher,
        title=title,
        licence=hints.licence,
        citation=hints.citation or f"{title.en}, a file of the researcher",
        url=hints.url,
        layout=layout,
        division=division.year,
        obtained_via=f"{file}, added by the researcher on {known.today}",
        answers=answers(hints),
    )


def answers(hints: Hints) -> dict[str, Any]:
    """What was said of how a file is read: all that isn't as it is without a word."""
    empty = asdict(Hints(id=hints.id))
    given = {name: value for name, value in asdict(hints).items() if value != empty[name]}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if name not in _NOT_ANSWERS
    }


def _indicators(
    columns: Columns,
    hints: Hints,
    table_id: str,
    values: dict[str, Measure],
    measures: Sequence[str],
    placed: Sequence[int],
) -> Iterator[Indicator]:
    """An indicator for each measure and each combination of words that tells rows apart."""
    period = None if columns.taken_as(PERIOD) else hints.period
    declared = list(
        dict.fromkeys(tuple(columns.cells[name][row] for name in measures) for row in placed)
    )
    by_indicator: dict[str, list[tuple[str, Measure]]] = {}
    for name, measure in values.items():
        by_indicator.setdefault(measure.indicator, []).append((name, measure))
    if len(declared) * len(by_indicator) > _MOST_INDICATORS:
        raise InputError(
            f"{columns.file}: it would become {len(declared) * len(by_indicator)} indicators, more"
            f" than {_MOST_INDICATORS}; choose with --value COLUMN, or keep the rows that are"
            " meant."
        )
    suffixes = [" ".join(words) for words in declared]
    ids_by_indicator = {each: ids_of(each, suffixes) for each in by_indicator}
    for (indicator_id, found), words in product(by_indicator.items(), declared):
        suffix = " ".join(words)
        ids = ids_by_indicator[indicator_id]
        origins = tuple(
            Origin(
                table=table_id,
                column=name,
                where=dict(zip(measures, words, strict=True)),
                period=measure.period or (period_of(period) if period else None),
            )
            for name, measure in found
        )
        heading = ", ".join(filter(None, [found[0][1].title, suffix]))
        yield _indicator(hints, ids[suffix], heading, origins)


def _indicator(
    hints: Hints, indicator_id: str, heading: str, origins: Sequence[Origin]
) -> Indicator:
    """An indicator titled as wished, with the heading it has among several."""
    title = hints.title or Title(nb=hints.id, en=hints.id)
    if heading:
        title = Title(nb=f"{title.nb}: {heading}", en=f"{title.en}: {heading}")
    return Indicator(
        id=indicator_id,
        title=title,
        unit=hints.unit,
        aggregate=hints.aggregate,
        origins=tuple(origins),
    )
