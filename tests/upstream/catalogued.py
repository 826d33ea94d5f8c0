"""StatBank tables that the catalogue asks for and no recording holds, invented to be asked for.

Each has the dimensions and codes that the catalogue selects, the municipalities of today and two or
three periods, so that a whole refresh can be run against the stand-in. It shows that the way from
catalogue to warehouse holds, and nothing of the publisher: whether these are its codes is found out
by asking it. Figures are invented within the bounds that the catalogue declares, but for those of a
table that a shipped file has too.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np

from sources import catalogue
from sources.catalogue import Catalogue, Indicator, Origin
from tests.small import SHIPPED
from tests.upstream import described
from tests.upstream.klass import municipalities_at
from tests.upstream.recordings import recorded
from tests.upstream.tables import (
    CONTENTS,
    INVENTED,
    TIME,
    Cells,
    Codelist,
    Dimension,
    Figures,
    PlaceIsFigure,
    Table,
    Value,
    Wanted,
)

PERIODS = {
    "01222": ("2025K4", "2026K1"),
    "06913": ("2000", "2025"),
    "07984": ("2014", "2024", "2025"),
    "14674": ("2025", "2026"),
    "14746": ("2050",),
}
UPDATED = "2026-06-15T06:00:00Z"
DESCRIBED = {"11918", "12137", "12362", "14533"}  # as described: the catalogue sets them no bounds
_AGES = {f"{age:03d}": f"{age} år" for age in range(105)} | {"105+": "105 år eller eldre"}
_TODAY, _UNSPECIFIED = date(2026, 1, 1), "9999"


@cache
def tables() -> dict[str, Table]:
    """The recorded tables and the invented ones, by number; those described are as described.

    A table of which only some contents are recorded gets the others, invented, beside them.
    """
    shipped = catalogue.load(SHIPPED)
    asked = [t for t in shipped.tables if t.kind == "statbank" and not t.recorded]
    made = {table.table or "": _table(shipped, table) for table in asked}
    found = recorded()
    both = {number: _beside(found[number], made[number]) for number in found.keys() & made.keys()}
    made["12292"] = replace(made["12292"], figures=AsFiled())
    told = {number: described.tables()[number] for number in DESCRIBED & made.keys()}
    return found | made | both | told


_INDUSTRIES = ("01", "01.1", "10", "47", "84")  # two-digit ones, and one that is more detailed


@dataclass(frozen=True)
class WithinBounds:
    """Figures that differ by region and period; those that are added up make one in bounds.

    `bounds` has, for each contents code, the least figure, how many there are, and how many cells
    are added up.
    """

    bounds: Mapping[str, tuple[float, int, int]]

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """The same figure for every code that is added to another."""
        regions = next(iter(table.dimensions)).codes
        since = [table.periods.index(period.code) for period in wanted[TIME]]
        names = list(wanted)
        shape = [len(values) for values in wanted.values()]
        figures = np.ones(shape)
        for place, value in enumerate(wanted[CONTENTS]):
            least, span, added = self.bounds[value.code]
            here = [regions.index(region.members[0]) for region in wanted[table.dimensions[0].code]]
            both = (least + np.add.outer(here, since) % span) / added
            along = [1] * len(names)
            along[names.index(table.dimensions[0].code)] = len(here)
            along[names.index(TIME)] = len(since)
            at = [slice(None)] * len(names)
            at[names.index(CONTENTS)] = slice(place, place + 1)
            figures[tuple(at)] *= both.reshape(along)
        return Cells(figures.ravel(), {})


@dataclass(frozen=True)
class AsFiled:
    """The figures of table 12292 as the shipped file has them: invented ones fit no population."""

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """One figure a region and year, and the symbol `.` where the file has none."""
        known = _care_fte()
        region = table.dimensions[0].code
        names, shape = list(wanted), [len(values) for values in wanted.values()]
        figures = np.full(shape, np.nan)
        for cell in np.ndindex(*shape):
            of = dict(zip(names, cell, strict=True))
            code, year = wanted[region][of[region]].members[0], wanted[TIME][of[TIME]].code
            figures[cell] = known.get((code, year), np.nan)
        return Cells(figures.ravel(), {int(n): "." for n in np.flatnonzero(np.isnan(figures))})


@cache
def _care_fte() -> dict[tuple[str, str], float]:
    path = SHIPPED.parent / "recorded" / "files" / "ssb_12292_care_fte_2015_2025.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["municipality_code"], row["year"]): float(row["fte"])
            for row in csv.DictReader(file)
            if row["fte"]
        }


@dataclass(frozen=True)
class RecordedElse:
    """Recorded figures of the recorded contents, invented ones of the others."""

    recorded: Table
    invented: Figures

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """A reply of one sort only, as the catalogue asks for them."""
        known = {d.code: d.codes for d in self.recorded.dimensions}[CONTENTS]
        asked = {value.code for value in wanted[CONTENTS]}
        figures = self.recorded.figures if asked <= set(known) else self.invented
        return figures.cells(table, wanted)


def _beside(found: Table, made: Table) -> Table:
    """A recorded table with the contents and code lists of an invented one."""
    region, contents = made.dimensions[0], made.dimensions[-2]
    [here] = [d for d in found.dimensions if d.code == region.code]
    lists = tuple(
        replace(
            offered, values=tuple(Value(code, here.labels[code], (code,)) for code in here.codes)
        )
        for offered in region.codelists
    )
    [before] = [d for d in found.dimensions if d.code == CONTENTS]
    both = found.changed(region.code, codelists=lists).changed(
        CONTENTS,
        labels=dict(before.labels) | dict(contents.labels),
        units=dict(before.units) | dict(contents.units),
    )
    return replace(both, figures=RecordedElse(found, made.figures))


def _of_context(number: str) -> Table:
    """A table by sector and size group; the figure of a cell is its place in it."""
    sectors = {"K": f"{INVENTED} kommuner", "S": f"{INVENTED} statlige virksomheter"}
    sizes = {"1": f"{INVENTED} små", "2": f"{INVENTED} store"}
    units = {"Andel": {"base": "prosent", "decimals": 1}}
    return Table(
        number,
        f"{number}: {INVENTED} tabell, etter sektor, størrelsesgruppe, statistikkvariabel og år",
        (
            Dimension("Sektor", "sektor", sectors),
            Dimension("Storrelse", "størrelsesgruppe", sizes),
            Dimension(CONTENTS, "statistikkvariabel", {"Andel": f"{INVENTED} andel"}, units=units),
            Dimension(TIME, "år", {"2023": "2023", "2024": "2024"}),
        ),
        PlaceIsFigure({2: ".."}),
        UPDATED,
    )


def _of_industries(entry: catalogue.Table) -> Table:
    """Employed persons by industry, in more and less detail; the figure of a cell is its place."""
    return Table(
        entry.table or "",
        f"{entry.table}: {INVENTED} {entry.title.nb}",
        (
            _regions(entry),
            Dimension("NACE2007", "næring", {code: f"{INVENTED} {code}" for code in _INDUSTRIES}),
            Dimension(
                CONTENTS, "statistikkvariabel", {"SysselsatteArb": f"{INVENTED} sysselsatte"}
            ),
            Dimension(TIME, "år", {"2024": "2024", "2025": "2025"}),
        ),
        PlaceIsFigure(),
        UPDATED,
    )


def _table(shipped: Catalogue, entry: catalogue.Table) -> Table:
    if entry.holds == "context_observation":
        return _of_context(entry.table or "")
    if entry.table == "13470":
        return _of_industries(entry)
    fed = list(shipped.indicators_of(entry.id))
    contents, bounds = _contents(fed)
    periods = PERIODS.get(entry.table or "", ("2024", "2025"))
    return Table(
        entry.table or "",
        f"{entry.table}: {INVENTED} {entry.title.nb}",
        (
            _regions(entry),
            *(_others(fed)),
            contents,
            Dimension(TIME, "år", {period: period for period in periods}),
        ),
        WithinBounds(bounds),
        UPDATED,
        notes=(f"{INVENTED}: codes as the catalogue has them, figures within its bounds.",),
    )


def _regions(entry: catalogue.Table) -> Dimension:
    """Today's municipalities, written as the table is asked for them, and its code lists."""
    [asked] = entry.regions
    [prefix] = {code.removesuffix("????") for code in asked.codes}
    today = municipalities_at(_TODAY)
    labels = {f"{prefix}{code}": name for code, name in sorted(today.items())}
    labels.pop(f"{prefix}{_UNSPECIFIED}", None)
    values = tuple(Value(code, label, (code,)) for code, label in labels.items())
    label = asked.codelist_label
    lists = (Codelist(f"agg_{INVENTED}_{entry.table}", label, "Valueset", values),) if label else ()
    return Dimension(entry.region_dimension, "region", labels, codelists=lists)


def _others(fed: Iterable[tuple[Indicator, Origin]]) -> list[Dimension]:
    """The further dimensions, with the codes that are selected of each."""
    codes: dict[str, dict[str, str]] = {}
    for _, origin in fed:
        for name, expressions in origin.select.items():
            for expression in expressions:
                found = codes.setdefault(name, {})
                if expression.startswith("range("):
                    found |= _AGES
                else:
                    found[expression] = f"{INVENTED} {expression}"
    return [Dimension(name, name.lower(), labels) for name, labels in codes.items()]


def _contents(
    fed: Iterable[tuple[Indicator, Origin]],
) -> tuple[Dimension, dict[str, tuple[float, int, int]]]:
    labels: dict[str, str] = {}
    units: dict[str, Mapping[str, object]] = {}
    bounds: dict[str, tuple[float, int, int]] = {}
    for indicator, origin in fed:
        wanted = origin.contents or ""
        label = wanted.removeprefix("label:")
        code = wanted if label == wanted else f"{INVENTED}{len(label)}"
        if code in labels:
            continue
        labels[code] = label
        units[code] = {"base": indicator.unit, "decimals": 0}
        least = indicator.minimum if indicator.minimum is not None else 1
        most = indicator.maximum if indicator.maximum is not None else least + 999
        bounds[code] = (least, int(most - least) + 1, _added(origin.select.values()))
    return Dimension(CONTENTS, "statistikkvariabel", labels, units=units), bounds


def _added(selected: Iterable[Sequence[str]]) -> int:
    """How many cells an origin adds up."""
    cells = 1
    for expressions in selected:
        ages = re.fullmatch(r"range\((\d+),(\d+)\+?\)", expressions[0])
        cells *= int(ages[2]) - int(ages[1]) + 1 if ages else len(expressions)
    return cells
