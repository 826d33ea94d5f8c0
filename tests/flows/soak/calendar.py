"""The calendar of a year: what happens on which working day, and the state its refresh ends in.

`calendar.yaml` is read here and nowhere else. The states are those of docs/operate.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from flows.notification import AUTOMATIONS

FILE = Path(__file__).with_suffix(".yaml")
QUIET = "Unchanged"
_SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """A working day: the events with what they are about, how it ends, and which tables are stale.

    `uncut` are days that are played with the whole catalogue as well.
    """

    day: date
    events: dict[str, Any]
    ends: str = QUIET
    stale: frozenset[str] = frozenset()
    uncut: bool = False

    @property
    def is_told(self) -> bool:
        """Whether a person is sent a message."""
        return self.ends in told()


@cache
def year() -> tuple[Day, ...]:
    """Every working day of the year, in order; a day that is not listed is quiet."""
    written = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    listed: dict[date, dict[str, Any]] = written["days"]
    days = tuple(
        _day(day, dict(listed.get(day, {})), written["uncut_from"])
        for day in _working_days(written["begins"], written["ends"])
    )
    if off := listed.keys() - {each.day for each in days}:
        raise ValueError(f"{FILE.name}: no working days of the year: {sorted(off)}")
    return days


def one_of_each() -> tuple[Day, ...]:
    """The first day that ends in each state, and the working day after it."""
    states = [each.ends for each in year()]
    first = {states.index(state) for state in states}
    return tuple(each for n, each in enumerate(year()) if n in first or n - 1 in first)


def between(first: date, last: date) -> tuple[Day, ...]:
    """The working days of the year from one to another, both among them."""
    return tuple(each for each in year() if first <= each.day <= last)


@cache
def told() -> frozenset[str]:
    """The states of which automations.yaml sends a message."""
    automations = yaml.safe_load(AUTOMATIONS.read_text(encoding="utf-8"))["automations"]
    [needs] = [each for each in automations if each["name"] == "digidistrikt-needs-attention"]
    return frozenset(event.rpartition(".")[2] for event in needs["trigger"]["expect"])


def _day(day: date, written: dict[str, Any], uncut_from: date) -> Day:
    """What is not about the day itself is an event."""
    ends, stale = written.pop("ends", QUIET), written.pop("stale", ())
    uncut = written.pop("uncut", day >= uncut_from)
    return Day(day, written, ends, frozenset(stale), uncut)


def _working_days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        if day.weekday() < _SATURDAY:
            yield day
