"""The catalogue: which tables are read and which indicators are made of them, declared in YAML.

One file a theme. An entry that does not fit is refused with its file and line.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources import yamlfile
from sources.errors import InputError

FOLDER = Path(__file__).parent
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Published = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class Warning(StrEnum):  # noqa: A001 - the field's own word
    """What a reader must know of a figure before using it: a fixed vocabulary."""

    ESTIMATED = "estimated"
    BREAK_IN_SERIES = "break_in_series"
    SELF_REPORTED = "self_reported"
    PRELIMINARY = "preliminary"
    PARTIAL_COVERAGE = "partial_coverage"
    INTERMEDIARY = "intermediary"
    WEAK_MEMBERSHIP_BASIS = "weak_membership_basis"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# Warnings hold for the periods listed, or for all where the list is empty.


class Title(_Entry):
    """A title in bokmål and English."""

    nb: str
    en: str


class Regions(_Entry):
    """Which regions of a StatBank table are asked for, and in which division their codes live.

    `codes` are expressions on the region dimension. With `codelist` (an id) or `codelist_label`
    (its label or a part of it; ids differ from table to table) they select among the list's codes.
    `eliminated` leaves the dimension out, so that the publisher gives the country.
    """

    codes: tuple[str, ...] = ("*",)
    codelist: str | None = None
    codelist_label: str | None = None
    division: Literal["own", "current"] = "own"
    eliminated: bool = False
    periods: tuple[str, ...] = ("*",)


class FileLayout(_Entry):
    """How a file is read: where codes (or names) and periods stand, and how numbers are written.

    `names_on` is a day on which the names were those of the municipalities that are meant.
    `name_pattern` finds the groups `name` and, if it can, `county` in a name cell; a row that
    does not match is about another body. `known_names` gives the code of a name that only its
    publisher writes so. Without a header the columns are c1, c2, ... An Excel workbook has a
    `sheet` (the first, unless named) in place of encoding and delimiter.
    """

    file: str
    sheet: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    skip_rows: int = 0
    has_header: bool = True
    code: str | None = None
    name: str | None = None
    names_on: date | None = None
    name_pattern: str = "(?P<name>.*)"
    known_names: dict[str, str] = {}
    other_names: tuple[str, ...] = ()
    county: str | None = None
    period: str | None = None
    decimal: str = "."
    missing: tuple[str, ...] = ("",)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.code) == bool(self.name):
            raise ValueError("a layout has either 'code' or 'name', the column with municipalities")
        if bool(self.name) != bool(self.names_on):
            raise ValueError("'names_on' belongs to 'name', and it needs one: names move over time")
        return self


class Table(_Entry):
    """A table, register or file of one publisher, with all that a citation needs.

    `licence` is `unconfirmed` until the publisher's own words for these figures have been seen.
    `published_on` is a year, a month or a day: as much as the source says, or nothing.
    `recorded: false` says that its replies are not among the recordings shipped with the package:
    it is asked of the live services or of a server, and otherwise left out as not asked.
    """

    id: Id
    kind: Literal["statbank", "klass", "uutilsynet", "file"]
    publisher: str
    title: Title
    licence: str
    citation: str
    url: str
    recorded: bool = True
    table: str | None = None
    region_dimension: str = "Region"
    regions: tuple[Regions, ...] = (Regions(),)
    layout: FileLayout | None = None
    division: Literal["own"] | int = "own"
    published_on: Published | None = None
    came_through: str | None = None
    note: str = ""
    warnings: dict[Warning, tuple[str, ...]] = {}
    holds: Literal["observation", "classification", "organisation"] = "observation"
    classes: dict[str, tuple[str, str | None]] = {}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "statbank" and not self.table:
            raise ValueError("a statbank table needs 'table', its number at the publisher")
        if self.kind == "file" and not (self.layout and self.came_through):
            raise ValueError("a file needs 'layout' and 'came_through', where it was taken from")
        if self.holds == "classification" and not (self.classes and isinstance(self.division, int)):
            raise ValueError(
                "a classification needs 'classes', and 'division', the year of its codes"
            )
        return self


class Origin(_Entry):
    """Where an indicator's figures stand in a table.

    StatBank: `contents` and `select`, expressions for each further dimension; several codes of a
    dimension are added. Files: `column`, `where` to choose rows of a long file (added up per
    region and period with `add_rows`), `values` for cells that are words, and `period` where the
    file has no column for it. Registers: `measure`, what is counted.
    """

    table: Id
    contents: str | None = None
    select: dict[str, tuple[str, ...]] = {}
    column: str | None = None
    where: dict[str, str] = {}
    add_rows: bool = False
    values: dict[str, float] = {}
    period: str | None = None
    measure: str | None = None


class Indicator(_Entry):
    """One indicator: what it measures and how it is carried over merged municipalities."""

    id: Id
    title: Title
    unit: str
    aggregate: Literal["sum", "ratio", "weighted_mean", "none"]
    origins: tuple[Origin, ...] = ()
    numerator: Id | None = None
    denominator: Id | None = None
    factor: float = 1
    weight: Id | None = None
    minimum: float | None = None
    maximum: float | None = None
    zero_is_missing: bool = False
    absent_is: float | None = None
    warnings: dict[Warning, tuple[str, ...]] = {}
    note: str = ""
    theme: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.aggregate == "ratio") != bool(self.numerator and self.denominator):
            raise ValueError("'numerator' and 'denominator' belong to a ratio, and it needs both")
        if (self.aggregate == "weighted_mean") != bool(self.weight):
            raise ValueError("'weight' belongs to a weighted_mean, and it needs one")
        if bool(self.origins) == bool(self.numerator):
            raise ValueError("an indicator has either 'origins' or, as a ratio, two others")
        return self


class _Theme(_Entry):
    theme: str
    tables: tuple[Table, ...] = ()
    indicators: tuple[Indicator, ...] = ()


class Catalogue(BaseModel):
    """All tables and indicators, in the order of the files."""

    model_config = ConfigDict(frozen=True)

    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]

    @cached_property
    def table_by_id(self) -> dict[str, Table]:
        return {table.id: table for table in self.tables}

    def indicators_of(self, table_id: str) -> Iterator[tuple[Indicator, Origin]]:
        """The indicators that a table feeds, each with its place in the table."""
        for indicator in self.indicators:
            for origin in indicator.origins:
                if origin.table == table_id:
                    yield indicator, origin


_NEEDED = {"statbank": "contents", "uutilsynet": "measure", "file": "column", "klass": None}
"""What an origin must name, by the kind of its table; Klass gives no figures."""


def load(folder: Path = FOLDER) -> Catalogue:
    """Reads every theme. Raises InputError naming file and line for the first bad entry."""
    tables: list[Table] = []
    indicators: list[Indicator] = []
    places: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        theme, line = yamlfile.read(path, _Theme)
        tables += theme.tables
        indicators += [
            entry.model_copy(update={"theme": theme.theme}) for entry in theme.indicators
        ]
        for kind in ("tables", "indicators"):
            for number, entry in enumerate(getattr(theme, kind)):
                place = f"{path.name}, line {line((kind, number))}"
                if entry.id in places:
                    raise InputError(
                        f"{place}: '{entry.id}' is already declared in {places[entry.id]}."
                    )
                places[entry.id] = place
    catalogue = Catalogue(tables=tuple(tables), indicators=tuple(indicators))
    _check_references(catalogue, places)
    return catalogue


def _check_references(catalogue: Catalogue, places: dict[str, str]) -> None:
    indicator_ids = {indicator.id for indicator in catalogue.indicators}
    for indicator in catalogue.indicators:
        place = places[indicator.id]
        named = {indicator.numerator, indicator.denominator, indicator.weight} - {None}
        if unknown := sorted(str(name) for name in named - indicator_ids):
            raise InputError(f"{place}: there is no indicator '{unknown[0]}'.")
        for origin in indicator.origins:
            if origin.table not in catalogue.table_by_id:
                raise InputError(f"{place}: there is no table '{origin.table}'.")
            _check_origin(origin, catalogue.table_by_id[origin.table], place)


def _check_origin(origin: Origin, table: Table, place: str) -> None:
    """Refuses an origin from which nothing could ever be read."""
    needed = _NEEDED[table.kind]
    if needed is None or table.holds != "observation":
        raise InputError(f"{place}: table '{table.id}' holds no figures for an indicator.")
    if getattr(origin, needed) is None:
        raise InputError(f"{place}: an origin in '{table.id}' ({table.kind}) needs '{needed}'.")
    if table.layout and not (origin.period or table.layout.period):
        raise InputError(
            f"{place}: '{table.id}' has no column for the period; write 'period' in the origin."
        )
