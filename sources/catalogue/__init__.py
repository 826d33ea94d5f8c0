"""The catalogue: which tables are read and which indicators are made of them, declared in YAML.

One file a theme, shipped here or written by the researcher in the folder `catalogue` of their home.
An entry that does not fit is refused with its file and line.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yamlfile
from common.errors import InputError
from sources.catalogue.composite import Composite
from sources.catalogue.cube import CubeLayout
from sources.catalogue.district import DistrictRule
from sources.catalogue.entry import CatalogueEntry, Id, Published, Title, WarningKind
from sources.catalogue.layout import FileLayout
from sources.catalogue.trait import Trait
from sources.typed import Column

FOLDER = Path(__file__).parent
KOSTRA_REGION = "KOKkommuneregion0000"

# Warnings hold for the periods listed, or for all where the list is empty.


class Regions(CatalogueEntry):
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


class Table(CatalogueEntry):
    """A table, register or file of one publisher, with all that a citation needs.

    `licence` is `unconfirmed` until the publisher's own words for these figures have been seen.
    `published_on` is a year, a month or a day: as much as the source says, or nothing.
    `recorded: false` says that its replies are not among the recordings shipped with the package:
    it is asked of the live services or of a server, and otherwise left out as not asked.
    `classes` has, for each classification, where its codes and names stand: columns of a file, or
    in Klass the side of the correspondence. `replaces` are the publisher's numbers of the tables it
    took the place of, `replaced_by` that of the one that took its own. `answers` are what the
    researcher said when the file was added, so that a newer edition is read alike.
    """

    id: Annotated[Id, Column("table_id")]
    kind: Literal["statbank", "klass", "brreg", "uutilsynet", "datanorge", "file"]
    publisher: str
    title: Title
    licence: str
    citation: str
    url: str
    recorded: bool = True
    table: Annotated[str | None, Column("publisher_table")] = None
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    region_dimension: str = "Region"
    regions: tuple[Regions, ...] = (Regions(),)
    layout: FileLayout | None = None
    division: Literal["own"] | int = "own"
    published_on: Published | None = None
    obtained_via: str | None = None
    note: str = ""
    warnings: dict[WarningKind, tuple[str, ...]] = Field(default_factory=dict)
    holds: Literal[
        "observation",
        "cube",
        "context_observation",
        "classification",
        "organisation",
        "adoption",
        "stay",
    ] = "observation"
    cube: CubeLayout | None = None
    classes: dict[str, tuple[str, str | None]] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """By what a person may call it: id, kind, publisher's number, and the words of its id."""
        also = {"kostra" if self.is_kostra else self.kind, self.table or self.id}
        return frozenset({self.id, self.kind, *self.id.split("_"), *also})

    @property
    def is_kostra(self) -> bool:
        """Whether it is published twice, unrevised in March and revised in June."""
        return self.kind == "statbank" and self.region_dimension == KOSTRA_REGION

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, entry: Any) -> Any:
        """Reads what `add` of an older version wrote in a home, under the name used then."""
        if isinstance(entry, dict) and "came_through" in entry and "obtained_via" not in entry:
            return {("obtained_via" if k == "came_through" else k): v for k, v in entry.items()}
        return entry

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "statbank" and not self.table:
            raise ValueError("a statbank table needs 'table', its number at the publisher")
        if self.kind == "file" and not (self.layout and self.obtained_via):
            raise ValueError("a file needs 'layout' and 'obtained_via', where it was taken from")
        dated = self.kind == "klass" or isinstance(self.division, int)
        if self.holds == "classification" and not (self.classes and dated):
            raise ValueError(
                "a classification needs 'classes', and 'division', the year of its codes"
            )
        if bool(self.cube) != (self.holds == "cube") or (self.cube and self.kind != "statbank"):
            raise ValueError("'cube' and 'holds: cube' go together, and belong to a statbank table")
        if self.layout and bool(self.layout.subject) != (self.holds == "context_observation"):
            raise ValueError("a layout with 'subject' and 'holds: context_observation' go together")
        return self


class Origin(CatalogueEntry):
    """Where an indicator's figures stand in a table.

    StatBank: `contents` and `select`, expressions for each further dimension; several codes of a
    dimension are added or, with `combine: diversity`, tell how evenly they share: one less the sum
    of their squared shares, the Herfindahl index turned round. Files: `column`, `where` to choose
    rows of a long file (added up per region and period with `add_rows`), `values` for cells that
    are words, and `period` where the file has no column for it. Registers: `measure`, what is
    counted.
    """

    table: Id
    contents: str | None = None
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    combine: Literal["sum", "diversity"] = "sum"
    column: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    add_rows: bool = False
    values: dict[str, float] = Field(default_factory=dict)
    period: str | None = None
    measure: str | None = None


class Indicator(CatalogueEntry):
    """One indicator: what it measures and how it is carried over merged municipalities.

    `jump` is how far a later vintage may move a figure before it is pointed out, as a part of the
    figure before, or of the median municipality's where that is larger; null for never. By its
    `synonyms`, and those of its theme, a person finds it. A figure that is missing where the
    indicator `applies_where` is 0 is not applicable: there is no rate of a tax that is not levied.
    With `wide: false` it is no column of `municipality_year` and `case_candidate`, as one of many
    thousands should not be.
    """

    id: Annotated[Id, Column("indicator_id")]
    title: Title
    synonyms: tuple[str, ...] = ()
    unit: str
    aggregate: Literal["sum", "ratio", "weighted_mean", "none"]
    origins: tuple[Origin, ...] = ()
    numerator: Id | None = None
    denominator: Id | None = None
    factor: float = 1
    weight: Id | None = None
    minimum: float | None = None
    maximum: float | None = None
    jump: float | None = Field(0.5, gt=0)
    zero_is_missing: bool = False
    absent_is: float | None = None
    applies_where: Id | None = None
    wide: bool = True
    warnings: dict[WarningKind, tuple[str, ...]] = Field(default_factory=dict)
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


class Theme(CatalogueEntry):
    theme: str
    synonyms: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    traits: tuple[Trait, ...] = ()
    composites: tuple[Composite, ...] = ()
    district_definitions: tuple[DistrictRule, ...] = ()


class Catalogue(BaseModel):
    """All that is declared, in the order of the files; `added` are the tables not shipped.

    `declared_at` has the file and line of each entry, by its id.
    """

    model_config = ConfigDict(frozen=True)

    tables: tuple[Table, ...]
    indicators: tuple[Indicator, ...]
    traits: tuple[Trait, ...] = ()
    composites: tuple[Composite, ...] = ()
    district_definitions: tuple[DistrictRule, ...] = ()
    added: frozenset[str] = frozenset()
    declared_at: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def table_by_id(self) -> dict[str, Table]:
        return {table.id: table for table in self.tables}

    def called(self, name: str) -> tuple[Table, ...]:
        """The table with an id, or else all that a name fits."""
        exact = tuple(table for table in self.tables if table.id == name)
        return exact or tuple(table for table in self.tables if name in table.names)

    def successor_of(self, table: Table) -> str | None:
        """The publisher's number of the table that took the place of another, if it is known."""
        after = (other.table for other in self.tables if table.table in other.replaces)
        return table.replaced_by or next(after, None)

    def indicators_of(self, table_id: str) -> Iterator[tuple[Indicator, Origin]]:
        """The indicators that a table feeds, each with its place in the table."""
        for indicator in self.indicators:
            for origin in indicator.origins:
                if origin.table == table_id:
                    yield indicator, origin

    def traits_of(self, table_id: str) -> tuple[Trait, ...]:
        """The traits that are read from a table."""
        return tuple(trait for trait in self.traits if trait.table == table_id)


_NEEDED = {
    "statbank": "contents",
    "uutilsynet": "measure",
    "datanorge": "measure",
    "file": "column",
    "klass": None,
    "brreg": None,
}
"""What an origin must name, by the kind of its table; None gives no figures."""


_KINDS = ("tables", "indicators", "traits", "composites", "district_definitions")


def load(*folders: Path) -> Catalogue:
    """Reads every theme of the folders: the shipped ones, unless others are named.

    Raises InputError naming file and line for the first bad entry.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    added: set[str] = set()
    places: dict[str, str] = {}
    for folder in folders or (FOLDER,):
        for path in sorted(folder.glob("*.yaml")):
            theme, document = yamlfile.read(path, Theme)
            added |= {table.id for table in theme.tables if folder != FOLDER}
            for kind in _KINDS:
                for number, entry in enumerate(getattr(theme, kind)):
                    place = document.at(kind, number)
                    if entry.id in places:
                        raise InputError(
                            f"{place}: '{entry.id}' is already declared in {places[entry.id]}."
                        )
                    places[entry.id] = place
                    found[kind].append(_themed(entry, theme))
    catalogue = Catalogue(**found, added=added, declared_at=places)
    _check_references(catalogue, places)
    _check_traits(catalogue, places)
    _check_derived(catalogue, places)
    return catalogue


def _themed(entry: CatalogueEntry, theme: Theme) -> CatalogueEntry:
    """An indicator, trait or composite with the name and the synonyms of its theme."""
    if not isinstance(entry, Indicator | Trait | Composite):
        return entry
    synonyms = (*entry.synonyms, *theme.synonyms)
    return entry.model_copy(update={"theme": theme.theme, "synonyms": synonyms})


def _check_references(catalogue: Catalogue, places: dict[str, str]) -> None:
    indicator_ids = {indicator.id for indicator in catalogue.indicators}
    for indicator in catalogue.indicators:
        place = places[indicator.id]
        named = {
            indicator.numerator,
            indicator.denominator,
            indicator.weight,
            indicator.applies_where,
        } - {None}
        if unknown := sorted(str(name) for name in named - indicator_ids):
            raise InputError(f"{place}: there is no indicator '{unknown[0]}'.")
        for origin in indicator.origins:
            if origin.table not in catalogue.table_by_id:
                raise InputError(f"{place}: there is no table '{origin.table}'.")
            _check_origin(origin, catalogue.table_by_id[origin.table], place)


def _check_traits(catalogue: Catalogue, places: dict[str, str]) -> None:
    """A trait is read from a file in the codes of one year, and may be an indicator as well."""
    indicator_ids = {indicator.id for indicator in catalogue.indicators}
    for trait in catalogue.traits:
        place = places[trait.id]
        table = catalogue.table_by_id.get(trait.table)
        if table is None:
            raise InputError(f"{place}: there is no table '{trait.table}'.")
        if table.kind != "file" or table.holds != "observation" or table.division == "own":
            raise InputError(
                f"{place}: a trait is read from a file with a 'division', the year of its codes;"
                f" '{table.id}' is none."
            )
        if trait.indicator and trait.indicator not in indicator_ids:
            raise InputError(f"{place}: there is no indicator '{trait.indicator}'.")


def _check_derived(catalogue: Catalogue, places: dict[str, str]) -> None:
    """Composites are made of indicators, and a cut is set on either."""
    measured = {indicator.id for indicator in catalogue.indicators}
    composed = {composite.id for composite in catalogue.composites}
    for composite in catalogue.composites:
        for part in composite.parts:
            if part.indicator not in measured:
                kind = "a composite itself" if part.indicator in composed else "no indicator"
                raise InputError(
                    f"{places[composite.id]}: '{part.indicator}' is {kind}; name an indicator."
                )
    for definition in catalogue.district_definitions:
        if definition.index and definition.index not in measured | composed:
            raise InputError(
                f"{places[definition.id]}: there is no indicator '{definition.index}'."
            )


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
