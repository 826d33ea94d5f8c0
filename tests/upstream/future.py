"""Days to come, invented: changes of the map as Klass lists them, and the population after them.

A change is (old code, old name, new code, new name) on a day; several of one day are a merger, a
split, or both, as in Klass. `people_after` gives StatBank's 07459 another year in the new codes:
everybody is where they were the year before, and a divided municipality is halved age by age.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pytest

from sources import changes
from sources.http import session
from tests.upstream.server import StandIn
from tests.upstream.tables import TIME, Cells, Codelist, Figures, Table, Value, Wanted

Change = tuple[str, str, str, str]
_AGE, _REGION = "Alder", "Region"


@contextmanager
def on(day: date) -> Iterator[None]:
    """The product on another day, on which it asks every service anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "utc_day", lambda: day)
        patch.setattr(changes, "_REST", timedelta(0))
        yield


def announce(upstream: StandIn, day: date, listed: Sequence[Change]) -> None:
    """Klass lists changes that take effect on a day."""
    names = ("oldCode", "oldName", "newCode", "newName")
    more = {"oldShortName": "", "newShortName": "", "changeOccurred": day.isoformat()}
    upstream.klass.changes += [dict(zip(names, change, strict=True)) | more for change in listed]


def another_year(table: Table, period: str) -> Table:
    """A table with one more period, whose figures are those of the last one."""
    [time] = [d for d in table.dimensions if d.code == TIME]
    longer = table.changed(TIME, labels={**time.labels, period: period})
    return replace(longer, figures=AsBefore(table.figures, period, time.codes[-1]))


@dataclass(frozen=True)
class AsBefore:
    """Figures of a table, and the same of the period that follows `before`."""

    figures: Figures
    period: str
    before: str

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        return self.figures.cells(table, _as_of(self.period, self.before, wanted))


def _as_of(period: str, before: str, wanted: Wanted) -> dict[str, Sequence[Value]]:
    """What is wanted of a period, of the one before."""
    periods = [
        Value(before, before, ()) if value.code == period else value for value in wanted[TIME]
    ]
    return {**wanted, TIME: periods}


def people_after(table: Table, period: str, listed: Sequence[Change]) -> Table:
    """07459 with one more period, in the codes after the changes."""
    came_from: dict[str, list[str]] = {}
    went_to: dict[str, list[str]] = {}
    for old, _, new, _ in listed:
        came_from.setdefault(new, []).append(old)
        went_to.setdefault(old, []).append(new)
    [region] = [d for d in table.dimensions if d.code == _REGION]
    [time] = [d for d in table.dimensions if d.code == TIME]
    names = {new: name for _, _, new, name in listed}
    figures = After(table.figures, period, time.codes[-1], came_from, went_to)
    changed = table.changed(TIME, labels={**time.labels, period: period}).changed(
        _REGION,
        labels=dict(region.labels) | {c: n for c, n in names.items() if c not in region.labels},
        codelists=tuple(_renewed(each, went_to, names) for each in region.codelists),
    )
    return replace(changed, figures=figures)


def _renewed(
    codelist: Codelist, went_to: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> Codelist:
    """A code list of sums with the new municipalities in place of the old."""
    kept = [value for value in codelist.values if value.code[-4:] not in went_to]
    new = [Value(f"K-{code}", name, ()) for code, name in names.items()]
    return replace(codelist, values=tuple(sorted([*kept, *new], key=lambda value: value.code)))


@dataclass(frozen=True)
class After:
    """Figures of a table, and of the period that follows `before` in other municipalities."""

    figures: Figures
    period: str
    before: str
    came_from: Mapping[str, Sequence[str]]
    went_to: Mapping[str, Sequence[str]]

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """Sums over merged municipalities; half of each age of a divided one, and only then."""
        if _REGION not in wanted:
            return self.figures.cells(table, _as_of(self.period, self.before, wanted))
        codes = [value.code for value in wanted[_REGION]]
        made_of = {each for code in codes for each, _ in self._sources(code)}
        sources = sorted(made_of | set(codes))
        asked = _as_of(self.period, self.before, wanted) | {
            _REGION: [Value(c, c, ()) for c in sources]
        }
        shape = [len(values) for values in asked.values()]
        found = self.figures.cells(table, asked).values.reshape(shape)
        place = {code: found.take(n, list(asked).index(_REGION)) for n, code in enumerate(sources)}
        halves = self._halves(table, asked, sources)
        rows = [self._row(code, wanted, place, halves) for code in codes]
        values = np.stack(rows, list(wanted).index(_REGION)).ravel()
        return Cells(values, {int(n): ".." for n in np.flatnonzero(np.isnan(values))})

    def _sources(self, code: str) -> list[tuple[str, bool]]:
        """What a code is made of, and whether it is a part of it."""
        start, number = code[:-4], code[-4:]
        return [
            (f"{start}{old}", len(self.went_to[old]) > 1) for old in self.came_from.get(number, ())
        ] or [(code, False)]

    def _halves(self, table: Table, asked: Wanted, sources: Sequence[str]) -> dict[str, np.ndarray]:
        """The smaller half of each divided municipality, summed over ages where none is asked."""
        divided = [code for code in sources if len(self.went_to.get(code[-4:], ())) > 1]
        if not divided:
            return {}
        [ages] = [dimension.values for dimension in table.dimensions if dimension.code == _AGE]
        by_age = {**asked, _REGION: [Value(code, code, ()) for code in divided]} | (
            {} if _AGE in asked else {_AGE: ages}
        )
        shape = [len(values) for values in by_age.values()]
        half = np.floor(self.figures.cells(table, by_age).values.reshape(shape) / 2)
        if _AGE not in asked:
            half = half.sum(list(by_age).index(_AGE))
        axis = list(asked).index(_REGION)
        return {code: half.take(n, axis) for n, code in enumerate(divided)}

    def _row(
        self,
        code: str,
        wanted: Wanted,
        place: Mapping[str, np.ndarray],
        halves: Mapping[str, np.ndarray],
    ) -> np.ndarray:
        """The figures of one code."""
        axis = [name for name in wanted if name != _REGION].index(TIME)
        periods = [value.code for value in wanted[TIME]]
        is_new = np.array([period == self.period for period in periods])
        along = [-1 if n == axis else 1 for n in range(len(wanted) - 1)]
        after = is_new.reshape(along)
        number, parts = code[-4:], []
        for source, is_part in self._sources(code):
            figures = place[source]
            if is_part:
                first = self.went_to[source[-4:]][0] == number
                half = halves[source] if first else figures - halves[source]
                figures = np.where(after, half, np.nan)
            parts.append(figures)
        together = np.sum(parts, axis=0)
        if code != number:  # a sum of the publisher's, in all years
            return together
        is_gone = number in self.went_to and number not in self.came_from
        return np.where(after, np.nan if is_gone else together, place[code])
