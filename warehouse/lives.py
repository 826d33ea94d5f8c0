"""A municipality through time as plain records: codes with names, changes, and lives of a code."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from common.names import languages, name_key

NO_BEGINNING = date(1838, 1, 1)  # what Klass tells of no beginning of is there from this day
FIRST_DIVISION = date(1964, 1, 1)


class Version(NamedTuple):
    """A code with one name, from a day to the day before another; None while it holds."""

    code: str
    name: str
    county: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    @property
    def name_keys(self) -> set[str]:
        return {name_key(part) for part in languages(self.name)}


class Change(NamedTuple):
    """One line of a change event: what went from an old code to a new one."""

    changed_on: date
    kind: str
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    share: str


class Life(NamedTuple):
    """A code from the day it was taken into use to the day it was given up."""

    code: str
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def nearest_day(self, on: date) -> date:
        """The day of this life that is nearest to a day."""
        last = date.max if self.valid_to is None else self.valid_to - timedelta(days=1)
        return min(max(on, self.valid_from), last)

    @property
    def years(self) -> str:
        """From and to when, in words."""
        first = "" if self.valid_from == NO_BEGINNING else f"from {self.valid_from} "
        if self.valid_to is None:
            return f"{first}on"
        last = self.valid_to - timedelta(days=1)
        return f"{first}to {last}" if first else f"until {last}"


def lives_in(
    versions: list[Version], left: set[tuple[str, date | None]]
) -> Iterator[list[Version]]:
    """Cuts the versions of a code, in order, where it was out of use or left for another code."""
    run: list[Version] = []
    for version in versions:
        last = run[-1] if run else version
        if run and (last.valid_to != version.valid_from or (last.code, last.valid_to) in left):
            yield run
            run = []
        run.append(version)
    if run:
        yield run


def told_once(changes: Iterable[Change]) -> tuple[Change, ...]:
    """A part of a divided municipality stands in its split and in a merger: tell it once."""
    of_key = {(c.changed_on, c.old_code, c.new_code): c for c in changes}
    return tuple(of_key[key] for key in sorted(of_key))


def by_end(life: Life) -> tuple[date, date, str]:
    """In the order they were given up; one that lives on is last."""
    return life.valid_to or date.max, life.valid_from, life.code


def outlived_1964(version: Version) -> bool:
    """Whether a name was borne after the first division of today\'s kind."""
    return version.valid_to is None or version.valid_to > FIRST_DIVISION
