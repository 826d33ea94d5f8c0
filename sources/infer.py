"""A catalogue entry for a researcher's file: what it seems to hold, to be shown before it counts.

Found out: which column holds codes or names, which periods and figures, how numbers and missing
ones are written, in which division the codes live. Anything may be said instead, and what can't be
made out is asked for in a sentence.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from common.errors import InputError
from common.tabular.grid import Grid, read_grid
from common.tabular.numerals import decimal_of
from sources.catalogue import FileLayout, Indicator, Origin, Table
from sources.catalogue.entry import Title
from sources.columns import Columns, read_columns
from sources.files import Resolver, lost_its_nought

_ID = re.compile(r"[a-z][a-z0-9_]*")
PERIOD = re.compile(r"(19|20)\d\d([KQ]\d|H\d|M\d\d|-\d\d-\d\d)?")
_ENDING = re.compile(rf"(?P<measure>.+?)[\s_]+(?P<period>{PERIOD.pattern})")
MISSING = {"", ".", "..", ":", "-", "–", "NA", "N/A", "n/a", "na", "null", "NULL", "#N/A", "#I/T"}

_CODE, _NAME, _COUNTY = "municipality code", "municipality name", "county of the name"
_PERIOD, _MEASURE = "period", "what is measured"
_WORDS = {
    _CODE: {"kommunenummer", "kommunenr", "kommunekode", "komnr", "knr", "kode", "code"}
    | {"municipalitycode"},
    _NAME: {"kommune", "kommunenavn", "knavn", "navn", "name", "municipality", "municipalityname"},
    _COUNTY: {"fylke", "fylkesnavn", "fylkenavn", "county", "countyname"},
    _PERIOD: {"år", "aar", "year", "periode", "period", "tid", "kvartal", "dato", "date"},
}
_NO_FIGURE = {
    "fylkesnummer",
    "fylkenr",
    "fylkesnr",
    "fnr",
    "orgnr",
    "organisasjonsnummer",
    "id",
    "nr",
}

InForce = Callable[[int], frozenset[str]]
"""The municipality codes in force on 1 January of a year."""


@dataclass(frozen=True)
class Hints:
    """What the researcher says of a file; None and empty mean: find out.

    `period` is a column or one period for all; `values` are columns, each alone or as
    `column=indicator_id`.
    """

    id: str
    title: Title | None = None
    unit: str = "not stated"
    aggregate: Literal["sum", "none"] = "none"
    publisher: str = "not stated"
    licence: str = "unconfirmed"
    citation: str | None = None
    url: str = "not stated"
    sheet: str | None = None
    skip_rows: int | None = None
    has_header: bool | None = None
    code: str | None = None
    name: str | None = None
    county: str | None = None
    period: str | None = None
    values: tuple[str, ...] = ()
    names_on: date | None = None
    division: int | None = None


@dataclass(frozen=True)
class Proposal:
    """A catalogue entry for a file, and what it was made out from."""

    table: Table
    indicators: tuple[Indicator, ...]
    columns: Columns
    written: str
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known of municipalities: their names, and the codes in force in a year."""

    resolve: Resolver
    in_force: InForce
    today: date


def propose(content: bytes, file: str, wishes: Hints, known: Known) -> Proposal:
    """The entry that reads a file. `file` is its name, for sentences and for its provenance.

    Raises InputError where the file can't be read, or something has to be said: the message says
    which option says it.
    """
    _demand_id(wishes.id)
    grid = read_grid(content, file, sheet=wishes.sheet)
    columns = read_columns(grid, file, wishes.skip_rows, wishes.has_header)
    for wish in (wishes.code, wishes.name, wishes.county):
        if wish is not None and wish not in columns.cells:
            raise InputError(f"{file}: there is no column '{wish}'; {columns.listed}.")
    _take_places(columns, file, wishes, known)
    wide = _take_periods(columns, file, wishes)
    values = _take_values(columns, file, wishes, wide)
    years = _years(columns, wishes, wide, known)
    names_on = wishes.names_on or date(years[-1], 1, 1)
    measure = _measure(columns, file, values, _codes(columns, known, names_on))
    layout = _layout(grid, columns, file, wishes, values, names_on)
    table = _table(layout, columns, file, wishes, known, years)
    return Proposal(
        table,
        tuple(_indicators(columns, wishes, table.id, wide, values, measure)),
        columns,
        grid.written,
        grid.sheets,
    )


# --- what the columns are ------------------------------------------------------------------


def _take_places(columns: Columns, file: str, wishes: Hints, known: Known) -> None:
    """Takes one column for codes, or one for names and perhaps one for counties."""
    code = wishes.code or (None if wishes.name else _code_column(columns, known))
    if code:
        columns.taken_for[code] = _CODE
        return
    name = wishes.name or _name_column(columns, known.resolve, wishes.names_on or known.today)
    if name is None:
        raise InputError(
            f"{file}: no column holds municipality codes or names; say --code COLUMN or"
            f" --name COLUMN; {columns.listed}."
        )
    columns.taken_for[name] = _NAME
    if county := wishes.county or _worded(columns, _COUNTY):
        columns.taken_for[county] = _COUNTY


def _code_column(columns: Columns, known: Known) -> str | None:
    """The column most of whose cells are codes. Years look like codes, but are few and alike."""
    years = (known.today.year, known.today.year - 5, known.today.year - 10)
    codes = frozenset().union(*(known.in_force(year) for year in years))

    def found(name: str) -> int:
        cells = {_whole_code(cell) for cell in columns.cells[name]}
        return len(cells & codes) if len(cells & codes) * 2 >= len(cells) else 0

    worded = _worded(columns, _CODE)
    if worded and found(worded):
        return worded
    candidates = [name for name in columns.free() if not _is_worded(columns, name, _PERIOD)]
    best = max(candidates, key=found, default=None)
    return best if best is not None and found(best) else None


def _name_column(columns: Columns, resolve: Resolver, on: date) -> str | None:
    """The column that is headed so, else the one with most names of municipalities."""

    def placed(name: str) -> int:
        cells = sorted({cell for cell in columns.cells[name] if re.search(r"[^\W\d]", cell)})[:200]
        return sum(isinstance(code, str) for code in resolve([(cell, None) for cell in cells], on))

    if worded := _worded(columns, _NAME):
        return worded
    best = max(columns.free(), key=placed, default=None)
    return best if best is not None and placed(best) else None


def _take_periods(columns: Columns, file: str, wishes: Hints) -> dict[str, str]:
    """Columns that are named after periods, with the period of each; empty where none is.

    A column of periods is taken for it. `--period` names such a column, or the one period of all.
    """
    if wishes.period is not None:
        if wishes.period in columns.cells:
            columns.taken_for[wishes.period] = _PERIOD
        elif not PERIOD.fullmatch(wishes.period):
            raise InputError(
                f"{file}: --period {wishes.period} is neither a column nor a period as 2025, 2025K1"
                f" or 2025H1; {columns.listed}."
            )
        return {}
    worded = _worded(columns, _PERIOD)
    if worded and all(PERIOD.fullmatch(cell) for cell in columns.cells[worded]):
        columns.taken_for[worded] = _PERIOD
        return {}
    wide = {name: name for name in columns.free() if PERIOD.fullmatch(name)} or _ending(columns)
    if not wide:
        raise InputError(
            f"{file}: no column holds periods and none is named after one; say --period 2025, or"
            f" --period COLUMN; {columns.listed}."
        )
    return wide


def _ending(columns: Columns) -> dict[str, str]:
    """Columns of figures whose names end with a period, as `Score 2025`, if they start alike."""
    figures = [name for name in columns.free() if _is_figures(columns, name)]
    found = {name: ends for name in figures if (ends := _ENDING.fullmatch(name))}
    starts = {ends["measure"] for ends in found.values()}
    return {name: ends["period"] for name, ends in found.items()} if len(starts) == 1 else {}


def _take_values(
    columns: Columns, file: str, wishes: Hints, wide: dict[str, str]
) -> dict[str, str]:
    """Columns of figures, each with the indicator it gives."""
    if wishes.values:
        values = dict(_wished_value(wish, wishes.id, len(wishes.values)) for wish in wishes.values)
        if unknown := [name for name in values if name not in columns.cells]:
            raise InputError(f"{file}: there is no column '{unknown[0]}'; {columns.listed}.")
    elif wide:
        values = dict.fromkeys(wide, wishes.id)
    else:
        found = [name for name in columns.free() if _is_figures(columns, name)]
        values = {
            name: wishes.id if len(found) == 1 else f"{wishes.id}_{slug(columns.heading_of(name))}"
            for name in found
        }
    if not values:
        raise InputError(f"{file}: no column holds numbers; say --value COLUMN; {columns.listed}.")
    for name, indicator in values.items():
        _demand_id(indicator)
        period = f" in {wide[name]}" if name in wide else ""
        columns.taken_for[name] = f"figures of {indicator}{period}"
    return values


def _demand_id(wanted: str) -> None:
    """Ids are names of files and columns too."""
    if not _ID.fullmatch(wanted):
        raise InputError(
            f"'{wanted}' can't be an id: small letters, digits and underscores, as {slug(wanted)}."
        )


def _wished_value(wish: str, wanted: str, number: int) -> tuple[str, str]:
    column, equals, indicator = wish.rpartition("=")
    if equals:
        return column, indicator
    return wish, wanted if number == 1 else f"{wanted}_{slug(wish)}"


def _is_figures(columns: Columns, name: str) -> bool:
    """Whether nearly all cells that say something are numbers, and no numbers of anything else."""
    told = [cell for cell in columns.cells[name] if cell not in MISSING]
    numbers = [cell for cell in told if decimal_of(cell) is not None]
    is_other = _plain(columns.heading_of(name)) in _NO_FIGURE
    return bool(numbers) and len(numbers) * 10 >= len(told) * 9 and not is_other


def _numbers(columns: Columns, file: str, values: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """The decimal sign of all figures, and the signs for missing among them."""
    seen: dict[str, str] = {}
    missing = {""}
    for name in values:
        for cell in columns.cells[name]:
            if cell in MISSING:
                missing.add(cell)
            elif sign := decimal_of(cell):
                seen.setdefault(sign, f"'{cell}' in column '{name}'")
    if len(seen) > 1:
        raise InputError(
            f"{file}: {seen[',']} has a decimal comma and {seen['.']} a decimal point; write them"
            " alike."
        )
    return next(iter(seen), "."), tuple(sorted(missing))


def _codes(columns: Columns, known: Known, names_on: date) -> list[str | None]:
    """The municipality of each row; None where it can't be placed."""
    if code := columns.taken_as(_CODE):
        return [_whole_code(cell) for cell in columns.cells[code]]
    names = columns.cells[columns.taken_as(_NAME) or ""]
    county = columns.taken_as(_COUNTY)
    counties = [cell or None for cell in columns.cells[county]] if county else [None] * len(names)
    found = known.resolve(list(zip(names, counties, strict=True)), names_on)
    return [code if isinstance(code, str) else None for code in found]


def _measure(
    columns: Columns, file: str, values: dict[str, str], codes: list[str | None]
) -> str | None:
    """The column that says what a row measures, where a municipality and period has several."""
    period = columns.taken_as(_PERIOD)
    periods = columns.cells[period] if period else [""] * len(codes)
    keys = list(zip(codes, periods, strict=True))

    def twice(extra: Sequence[str]) -> tuple[str | None, str] | None:
        seen = set()
        for key, more in zip(keys, extra, strict=True):
            if key[0] is not None and (key, more) in seen:
                return key
            seen.add((key, more))
        return None

    repeated = twice([""] * len(keys))
    if repeated is None:
        return None
    for name in columns.free():
        if len(values) == 1 and not twice(columns.cells[name]):
            columns.taken_for[name] = _MEASURE
            return name
    raise InputError(
        f"{file}: {' in '.join(filter(None, repeated))} stands in several rows, and no column tells"
        " them apart; keep one of them, or add a column that says what each measures."
    )


# --- the entry -----------------------------------------------------------------------------


def _years(columns: Columns, wishes: Hints, wide: dict[str, str], known: Known) -> list[int]:
    """The years there are figures of."""
    column = columns.taken_as(_PERIOD)
    told = columns.cells[column] if column else list(wide) or [wishes.period or ""]
    years = {int(period[:4]) for period in told if PERIOD.fullmatch(period)}
    return sorted(years) or [known.today.year]


def _table(
    layout: FileLayout,
    columns: Columns,
    file: str,
    wishes: Hints,
    known: Known,
    years: Sequence[int],
) -> Table:
    title = wishes.title or Title(nb=file, en=file)
    if layout.code:
        division = _division(columns.cells[layout.code], years, known.in_force)
    else:
        division = layout.names_on.year if layout.names_on else "own"
    return Table(
        id=f"file_{wishes.id}",
        kind="file",
        publisher=wishes.publisher,
        title=title,
        licence=wishes.licence,
        citation=wishes.citation or f"{title.en}, a file of the researcher",
        url=wishes.url,
        layout=layout,
        division=wishes.division or division,
        obtained_via=f"{file}, added by the researcher on {known.today}",
    )


def _layout(
    grid: Grid,
    columns: Columns,
    file: str,
    wishes: Hints,
    values: dict[str, str],
    names_on: date,
) -> FileLayout:
    decimal, missing = _numbers(columns, file, values)
    name = columns.taken_as(_NAME)
    return FileLayout.model_validate(
        {
            "file": f"{wishes.id}{'.xlsx' if grid.sheets else '.csv'}",
            **grid.layout,
            "skip_rows": columns.skip_rows,
            "has_header": columns.has_header,
            "code": columns.taken_as(_CODE),
            "name": name,
            "names_on": names_on if name else None,
            "county": columns.taken_as(_COUNTY),
            "period": columns.taken_as(_PERIOD),
            "decimal": decimal,
            "missing": missing,
        }
    )


def _division(
    cells: Sequence[str], years: Sequence[int], in_force: InForce
) -> int | Literal["own"]:
    """The year in whose division all codes are in force, the newest of several.

    Where there is none, each figure is of the division of its own year: `own`.
    """
    codes = {_whole_code(cell) for cell in cells}
    strange = {year: len(codes - in_force(year)) for year in reversed(years)}
    best = min(strange, key=lambda year: strange[year])
    return best if strange[best] == 0 or len(years) == 1 else "own"


def _indicators(
    columns: Columns,
    wishes: Hints,
    table_id: str,
    wide: dict[str, str],
    values: dict[str, str],
    measure: str | None,
) -> Iterator[Indicator]:
    period = None if columns.taken_as(_PERIOD) else wishes.period
    if measure:
        [column] = values
        for said in dict.fromkeys(columns.cells[measure]):
            origin = Origin(table=table_id, column=column, where={measure: said}, period=period)
            yield _indicator(wishes, f"{wishes.id}_{slug(said)}", said, [origin])
        return
    for indicator_id in dict.fromkeys(values.values()):
        names = [name for name, given in values.items() if given == indicator_id]
        heading = columns.heading_of(names[0]) if len(set(values.values())) > 1 else None
        origins = [
            Origin(table=table_id, column=name, period=wide.get(name, period)) for name in names
        ]
        yield _indicator(wishes, indicator_id, heading, origins)


def _indicator(
    wishes: Hints, indicator_id: str, heading: str | None, origins: Sequence[Origin]
) -> Indicator:
    """An indicator titled as wished, with the heading it has among several."""
    title = wishes.title or Title(nb=wishes.id, en=wishes.id)
    if heading:
        title = Title(nb=f"{title.nb}: {heading}", en=f"{title.en}: {heading}")
    return Indicator(
        id=indicator_id,
        title=title,
        unit=wishes.unit,
        aggregate=wishes.aggregate,
        origins=tuple(origins),
    )


# --- words ---------------------------------------------------------------------------------


def slug(text: str) -> str:
    """A heading as part of an id: small letters, digits and underscores."""
    plain = text.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_") or "column"


def _whole_code(cell: str) -> str:
    return f"0{cell}" if lost_its_nought(cell) else cell


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.lower())


def _is_worded(columns: Columns, name: str, what: str) -> bool:
    return _plain(columns.heading_of(name)) in _WORDS[what]


def _worded(columns: Columns, what: str) -> str | None:
    return next((name for name in columns.free() if _is_worded(columns, name, what)), None)
