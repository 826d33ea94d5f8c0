"""StatBank tables: their dimensions, their code lists, and where their figures come from.

Invented tables can be of any size; the figure of a cell is its own place in the table, so that a
test can tell where a figure came from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import prod
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

CONTENTS, TIME = "ContentsCode", "Tid"
INVENTED = "OPPDIKTET"
NIL = "-"
MISSING = {".", "..", ":"}


@dataclass(frozen=True)
class Value:
    """A value of a dimension: a code, or a code of a code list with the codes it adds up."""

    code: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Codelist:
    """Another set of codes for a dimension: sums of its codes, or a subset of them."""

    id: str
    label: str
    type: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Dimension:
    """A dimension: codes with labels, whether it may be left out, and its code lists.

    `total` is the code that stands for the dimension when it is left out; without one the codes
    are added up.
    """

    code: str
    label: str
    labels: Mapping[str, str]
    elimination: bool = False
    total: str | None = None
    codelists: tuple[Codelist, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        return list(self.labels)

    @property
    def role(self) -> str | None:
        """Time, metric or geo; the service leaves geo out of some tables."""
        if "region" in self.code.lower():
            return "geo"
        return {TIME: "time", CONTENTS: "metric"}.get(self.code)

    @property
    def values(self) -> list[Value]:
        return [Value(code, label, (code,)) for code, label in self.labels.items()]


@dataclass(frozen=True)
class Cells:
    """Figures in the order asked for (NaN for none), and symbols by place."""

    values: npt.NDArray[np.float64]
    status: dict[int, str]


Wanted = Mapping[str, Sequence[Value]]


class Figures(Protocol):
    """Where figures come from."""

    def cells(self, table: "Table", wanted: Wanted) -> Cells:
        """The figures of the chosen values; dimensions that are left out are summed."""


@dataclass(frozen=True)
class Table:
    """A StatBank table. `updated` is UTC; None where the recording does not hold it.

    `mandatory` are the places of the notes that must be read.
    """

    number: str
    label: str
    dimensions: tuple[Dimension, ...]
    figures: Figures
    updated: str | None = None
    discontinued: bool = False
    notes: tuple[str, ...] = ()
    came_from: Mapping[str, str] = field(default_factory=dict)
    mandatory: tuple[int, ...] = ()
    english: "Table | None" = None

    def in_language(self, language: str | None) -> "Table":
        """The table with its texts in English, if that is asked for and there."""
        return self.english if language == "en" and self.english else self

    def dimension(self, code: str) -> Dimension | None:
        """A dimension by its code; the service does not mind the case, and `time` is the time."""
        wanted = TIME if code.lower() == "time" else code
        return next((d for d in self.dimensions if d.code.lower() == wanted.lower()), None)

    @property
    def periods(self) -> list[str]:
        return next(d.codes for d in self.dimensions if d.code == TIME)

    # What publishers do to their tables.

    def changed(self, dimension: str, **changes: Any) -> Self:
        """The table with one dimension changed."""
        dimensions = [replace(d, **changes) if d.code == dimension else d for d in self.dimensions]
        return replace(self, dimensions=tuple(dimensions))

    def updated_at(self, moment: str) -> Self:
        """The table as of another update; publishers have been seen to go backwards."""
        return replace(self, updated=moment)

    def discontinue(self) -> Self:
        """The table, marked as one that gets no new figures."""
        return replace(self, discontinued=True)

    def without(self, dimension: str) -> Self:
        """The table with a dimension gone."""
        kept = tuple(d for d in self.dimensions if d.code != dimension)
        return replace(self, dimensions=kept)

    def with_dimension(self, dimension: Dimension) -> Self:
        """The table with one more dimension, in front."""
        return replace(self, dimensions=(dimension, *self.dimensions))

    def with_codes(self, dimension: str, **labels: str) -> Self:
        """The table with new codes at the end of a dimension."""
        [found] = [d for d in self.dimensions if d.code == dimension]
        return self.changed(dimension, labels=dict(found.labels) | labels)


def now() -> str:
    """This moment, as StatBank writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- invented ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceIsFigure:
    """The figure of a cell is its place in the whole table, counted from 1, last dimension fastest.

    `symbols` stand on cells by that place: `.`, `..` and `:` instead of a figure, `-` on a nil,
    any other beside the figure.
    """

    symbols: Mapping[int, str] = field(default_factory=dict)

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """Sums over code lists and left-out dimensions are real sums of the places."""
        sizes = [len(d.codes) for d in table.dimensions]
        strides = [prod(sizes[n + 1 :]) for n in range(len(sizes))]
        counts, sums = [], []
        for dimension, stride in zip(table.dimensions, strides, strict=True):
            groups = _groups(dimension, wanted)
            counts.append(np.array([len(group) for group in groups], float))
            sums.append(np.array([stride * sum(group) for group in groups], float))
        grid = np.ix_(*counts)
        cells: npt.NDArray[np.float64] = np.asarray(prod(grid))
        total = cells
        for n, summed in enumerate(np.ix_(*sums)):
            total = total + summed * prod(grid[:n] + grid[n + 1 :])
        codes = [d.code for d in table.dimensions]
        left_out = [n for n, code in enumerate(codes) if code not in wanted]
        values = total.transpose([codes.index(code) for code in wanted] + left_out).ravel()
        return Cells(values, self._mark(values) if (cells == 1).all() else {})

    def _mark(self, values: npt.NDArray[np.float64]) -> dict[int, str]:
        """Takes the figures away where a symbol stands for them; single cells only."""
        status = {}
        for figure, symbol in self.symbols.items():
            for place in np.flatnonzero(values == figure):
                status[int(place)] = symbol
                if symbol in MISSING:
                    values[place] = np.nan
                elif symbol == NIL:
                    values[place] = 0
        return status


def _groups(dimension: Dimension, wanted: Wanted) -> list[list[int]]:
    """For each chosen value the places of the codes it adds up; all in one if left out."""
    places = {code: place for place, code in enumerate(dimension.codes)}
    if dimension.code in wanted:
        return [
            [places[code] for code in value.members if code in places]
            for value in wanted[dimension.code]
        ]
    return [[places[dimension.total]] if dimension.total else list(places.values())]


def invented(
    number: str = "99999",
    regions: int = 3,
    periods: Sequence[str] = ("2023", "2024", "2025"),
    contents: Sequence[str] = ("Antall",),
    *,
    updated: str = "2026-03-16T07:00:00Z",
    symbols: Mapping[int, str] | None = None,
    more: Sequence[Dimension] = (),
) -> Table:
    """A table of any size. Its region dimension may be left out; `more` dimensions follow it.

    The region has a code list of sums over pairs (`agg_Par`) and a subset (`vs_Faa`).
    """
    regional = {f"{n:04d}": f"{INVENTED} kommune {n}" for n in range(1, regions + 1)}
    region = Dimension(
        "Region", "region", regional, elimination=True, codelists=_codelists(regional)
    )
    content = Dimension(
        CONTENTS,
        "statistikkvariabel",
        {code: f"{INVENTED} {code}" for code in contents},
        units={code: {"base": "antall", "decimals": 0} for code in contents},
    )
    time = Dimension(TIME, "år", {period: period for period in periods})
    return Table(
        number,
        f"{number}: {INVENTED} tabell, etter region, statistikkvariabel og år",
        (region, *more, content, time),
        PlaceIsFigure(symbols or {}),
        updated,
        notes=(f"{INVENTED}: the figure of a cell is its place in the table.",),
    )


def _codelists(labels: Mapping[str, str]) -> tuple[Codelist, ...]:
    codes = list(labels)
    pairs = [Value(f"P-{a}", f"{INVENTED} par {a}+{b}", (a, b)) for a, b in pairwise(codes)]
    some = [Value(code, labels[code], (code,)) for code in codes[:2]]
    return (
        Codelist("agg_Par", f"{INVENTED} sammenslåtte par", "Aggregation", tuple(pairs)),
        Codelist("vs_Faa", f"{INVENTED} utvalg", "Valueset", tuple(some)),
    )
