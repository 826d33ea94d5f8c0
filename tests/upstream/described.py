"""StatBank tables made of a description of their metadata, as in `described.yaml`.

What a table of any kind answers can be worked out by hand: the figure of a municipality is its
code, times a factor for each of the other dimensions, times the years since 2000. The factor of a
code is its place among those that are no total, counted from 1; that of a total, and of a
dimension left out, is the sum of them all. A contents in percent is the share of the two that it
is `of`, or its place. A code has figures only in years in which it was in force, as KOSTRA has
them; a table in the municipalities of today has them in all years.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.upstream.klass import municipalities_at
from tests.upstream.tables import (
    CONTENTS,
    INVENTED,
    TIME,
    Cells,
    Codelist,
    Dimension,
    Table,
    Value,
    Wanted,
)

DESCRIPTIONS = Path(__file__).with_suffix(".yaml")
UPDATED = "2026-06-15T06:00:00Z"
NORWEGIAN, ENGLISH = 0, 1
_TODAY, _FIRST = date(2026, 1, 1), 2013
_FORMS = {"kostra": "{}", "plain": "{}", "K_": "K_{}", "K-": "K-{}", "today": "{}"}


@cache
def tables() -> dict[str, Table]:
    """The tables of the descriptions, by number."""
    return {number: table(number, told) for number, told in _descriptions().items()}


def table(number: str, told: Mapping[str, Any]) -> Table:
    """A table in Norwegian, which has itself in English beside it."""
    norwegian, english = (_in_language(number, told, which) for which in (NORWEGIAN, ENGLISH))
    return Table(**vars(norwegian) | {"english": english})


@cache
def _descriptions() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(DESCRIPTIONS.read_text(encoding="utf-8"))
    return found


def _in_language(number: str, told: Mapping[str, Any], which: int) -> Table:
    others = [_dimension(code, each, which) for code, each in told.get("dimensions", {}).items()]
    contents = _codes(told["contents"])
    time = _periods(told["periods"])
    dimensions = [
        *_regions(told["regions"], which),
        *others,
        Dimension(
            CONTENTS,
            ("statistikkvariabel", "contents")[which],
            {code: _said(each["label"], which) for code, each in contents.items()},
            units={
                code: {"base": _said(each["unit"], which), "decimals": each.get("decimals", 0)}
                for code, each in contents.items()
                if "unit" in each
            },
        ),
        Dimension(TIME, ("år", "year")[which], {period: period for period in time}),
    ]
    by = (", etter ", ", by ")[which] + ", ".join(each.label for each in dimensions)
    return Table(
        number,
        f"{number}: {_said(told['label'], which)}{by}",
        tuple(dimensions),
        ByRule(_shares(contents), told["regions"] == "today"),
        UPDATED,
        discontinued=told.get("discontinued", False),
        notes=(f"{INVENTED}: figures that follow a rule.", *told.get("notes", ())),
        mandatory=tuple(range(1, 1 + len(told.get("notes", ())))),
    )


def _shares(contents: Mapping[str, Any]) -> dict[str, float]:
    """The figure of each contents in percent: of the two it is `of`, or its own place."""
    places = {code: place for place, code in enumerate(contents, 1)}
    found = {}
    for code, each in contents.items():
        if each.get("unit", "").startswith("prosent"):
            part, whole = (
                (places[name] for name in each["of"]) if "of" in each else (places[code], 100)
            )
            found[code] = round(100 * part / whole, each.get("decimals", 0))
    return found


def _said(text: str, which: int) -> str:
    """One of `no | en`; what stands in one language alone is of both."""
    return text.split(" | ")[which if " | " in text else 0]


def _codes(told: Mapping[str, Any]) -> dict[str, Any]:
    """Codes one by one, or `count` of them that begin with `prefix`."""
    if "count" not in told:
        return {str(code): each for code, each in told.items()}
    rest = {key: each for key, each in told.items() if key not in {"count", "prefix"}}
    return {
        f"{told['prefix']}{n:04d}": rest | {"label": _numbered(told["label"], n)}
        for n in range(1, told["count"] + 1)
    }


def _numbered(text: str, number: int) -> str:
    return " | ".join(f"{part} {number}" for part in text.split(" | "))


def _periods(told: str | list[str]) -> list[str]:
    if isinstance(told, list):
        return told
    first, last = map(int, told.split("-"))
    return [str(year) for year in range(first, last + 1)]


def _dimension(code: str, told: Mapping[str, Any], which: int) -> Dimension:
    label = _said(told["label"], which)
    if "regions" in told:
        [regions] = _regions(told["regions"], which)
        return Dimension(code, label, regions.labels, codelists=regions.codelists)
    labels = {
        name: _said(each if isinstance(each, str) else each["label"], which)
        for name, each in _codes(told["codes"]).items()
    }
    eliminates = told.get("eliminates", False)
    return Dimension(code, label, labels, elimination=eliminates, total=told.get("total"))


# --- regions -------------------------------------------------------------------------------------


@cache
def _regions(kind: str, which: int) -> tuple[Dimension, ...]:
    """The region dimension of a kind of table; none for a table of the country."""
    if kind == "none":
        return ()
    today, form = in_force("2026"), _FORMS[kind]
    ever = today if kind == "today" else _ever()
    labels = {form.format(code): name for code, name in sorted(ever.items())}
    if kind == "kostra":
        all_ = tuple(Value(code, name, (code,)) for code, name in labels.items())
        now = tuple(Value(code, name, (code,)) for code, name in sorted(today.items()))
        counties = {"EKA03": "Oslo", "EKA46": "Vestland (2020-)"}
        groups = {"EAK": "Landet", "EAKUO": "Landet uten Oslo", "EKG01": "KOSTRA-gruppe 1"}
        lists = (
            _subset("Kommuner", "Alle kommuner", all_),
            _subset("Kommuner24", "Kommuner 2024-", now),
            _subset("Fylker", "Fylker", tuple(Value(c, n, (c,)) for c, n in counties.items())),
        )
        whole = {**groups, **counties, **labels}
        return (Dimension("KOKkommuneregion0000", "region", whole, codelists=lists),)
    country = {} if kind == "today" else {"0": ("Hele landet", "The whole country")[which]}
    counties = {} if kind != "plain" else {"46": "Vestland", "55": "Troms - Romsa - Tromssa"}
    summed = tuple(
        Value(f"K-{code}", name, tuple(form.format(part) for part in _made_of()[code]))
        for code, name in sorted(today.items())
    )
    lists = (
        (
            Codelist(
                "agg_KommSummer", "Kommuner 2024-, sammenslåtte tidsserier", "Aggregation", summed
            ),
            Codelist(
                "vs_Fylker",
                "Fylker",
                "Valueset",
                tuple(Value(code, name, (code,)) for code, name in counties.items()),
            ),
        )
        if kind == "plain"
        else ()
    )
    return (
        Dimension(
            "Region",
            "region",
            {**country, **counties, **labels},
            elimination=bool(country),
            total="0" if country else None,
            codelists=lists,
        ),
    )


def _subset(name: str, label: str, values: tuple[Value, ...]) -> Codelist:
    return Codelist(f"vs_{INVENTED}{name}", f"Uttrekk for {label}", "Valueset", values)


@cache
def in_force(period: str) -> dict[str, str]:
    """Code and name of the municipalities on 1 January of the year that a period begins in."""
    day = min(date(int(period[:4]), 1, 1), _TODAY)
    return {code: name for code, name in municipalities_at(day).items() if code != "9999"}


def _ever() -> dict[str, str]:
    """Every code since 2013, with the last year of those that are gone, as StatBank labels them."""
    found: dict[str, str] = {}
    for year in range(_FIRST, _TODAY.year + 1):
        for code, name in in_force(str(year)).items():
            gone = next(
                (y for y in range(year, _TODAY.year + 1) if code not in in_force(str(y))), None
            )
            found[code] = f"{name} (-{gone - 1})" if gone else name
    return found


@cache
def _made_of() -> dict[str, tuple[str, ...]]:
    """What each municipality of today is called in the years since 2013, by its name alone."""
    called: dict[str, list[str]] = {}
    for code, label in _ever().items():
        called.setdefault(_bare(label), []).append(code)
    return {code: tuple(called[_bare(name)]) for code, name in in_force("2026").items()}


def _bare(label: str) -> str:
    return re.sub(r" \(-\d+\)$| - .*", "", label)


# --- figures -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByRule:
    """Figures by the rule above; `shares` has the figure of each contents that is a percentage."""

    shares: Mapping[str, float]
    is_of_today: bool

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """No figure and the symbol `.` where a code was not in force."""
        names = list(wanted)
        there = {dimension.code: dimension for dimension in table.dimensions}
        regions = [code for code, each in there.items() if _is_regional(each)]
        found = np.ones([len(values) for values in wanted.values()])
        for code in there.keys() - {*names, *regions}:
            found *= factor(there[code], None)
        for code in set(names) - {*regions, TIME}:
            factors = [sum(factor(there[code], each) for each in v.members) for v in wanted[code]]
            found *= _along(names, {code: np.array(factors)})
        for code in [code for code in regions if code in wanted] or [None]:
            values = wanted[code] if code else [Value("0", "", ("0",))]
            table_of = [[self._people(v.members, p.code) for p in wanted[TIME]] for v in values]
            found = found * _along(names, {code: None, TIME: None}, np.array(table_of))
        for place, value in enumerate(wanted[CONTENTS]):
            if value.code in self.shares:
                at: list[Any] = [slice(None)] * len(names)
                at[names.index(CONTENTS)] = place
                found[tuple(at)] = np.where(
                    np.isnan(found[tuple(at)]), np.nan, self.shares[value.code]
                )
        status = {int(n): "." for n in np.flatnonzero(np.isnan(found))}
        return Cells(found.ravel(), status)

    def _people(self, members: Iterable[str], period: str) -> float:
        """A municipality's part of a figure: its code times the years since 2000."""
        there = in_force(period)
        codes: set[str] = set()
        for member in members:
            number = re.sub(r"^K[-_]", "", member)
            if number in {"0", "EAK"}:
                codes |= there.keys()
            elif number in there or self.is_of_today:
                codes.add(number)
        return float(sum(map(int, codes)) * (int(period[:4]) - 2000)) if codes else np.nan


def _along(
    names: Sequence[str], axes: Mapping[str | None, Any], figures: np.ndarray | None = None
) -> np.ndarray:
    """Figures laid along the dimensions they are of; None is one that is not there."""
    if figures is None:
        [(name, figures)] = axes.items()
        return figures.reshape([-1 if each == name else 1 for each in names])
    present = [name for name in axes if name is not None]
    lengths = dict(zip(axes, figures.shape, strict=True))
    in_order = sorted(present, key=names.index)
    if len(present) == len(axes) and in_order != present:
        figures = figures.T
    return figures.reshape([lengths.get(each, 1) for each in names])


def _is_regional(dimension: Dimension) -> bool:
    return any(code.removeprefix("K_").removeprefix("K-") == "0301" for code in dimension.labels)


def factor(dimension: Dimension, code: str | None) -> float:
    """What a code multiplies a figure by; None for a dimension left out."""
    single = [each for each in dimension.codes if each != dimension.total]
    if code is None or code == dimension.total:
        return len(single) * (len(single) + 1) / 2
    return single.index(code) + 1
