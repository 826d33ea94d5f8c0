"""Plays days of the calendar: something happens, the warehouse is refreshed, the state is checked.

After each day the state must be the one declared, exactly the sources declared must be stale, and
the others must show the figures served. The municipalities must be those that Klass has in force,
and no member of a network or co-operation may be lost. A refresh that published nothing has left
the file as it was. In the end one refresh into an empty folder must come to the same tables of
`mart`, and each vintage must be known as it was published.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from sources.klass import UNSPECIFIED
from tests.flows.soak import clock, events
from tests.flows.soak.calendar import Day
from tests.flows.soak.clock import Clock
from tests.flows.soak.kills import FIGURES, OF_A_HISTORY
from tests.flows.soak.refresh import Ended
from tests.flows.soak.world import World, morning
from tests.flows.test_live_path import figures
from tests.small import REVISED
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

_MUNICIPALITIES = "select municipality_code from mart.municipality"
_ORPHANS = """
    select check_name, examples from mart.data_check
    where check_name in ('membership_orphans', 'cooperation_orphans', 'action_zone_orphans')
        and faults > 0
"""
Tell = Callable[[str], object]
# What is done when a day has ended: a person who should be told has been.
After = Callable[[Day, Ended], object]


@dataclass
class Played:
    """How each day ended, and the figures of each vintage."""

    world: World
    served: dict[str, float] = field(default_factory=dict)
    days: list[tuple[Day, Ended]] = field(default_factory=list)
    vintages: dict[str, str] = field(default_factory=dict)

    def day(self, day: Day) -> Ended:
        """Plays one day. Raises AssertionError if it is not as it must be."""
        world = self.world
        Clock.hour = morning(day.day)
        world.upstream.heal()
        before = _content(world.warehouse)
        ended = None
        for name, about in day.events.items():
            ended = events.of(name)(world, about)
            if name == "clock_ahead":
                before = _content(world.warehouse)
        ended = ended or world.refresh()
        self.days.append((day, ended))
        assert (ended.state, ended.stale) == (day.ends, day.stale), (day, ended)
        assert (_content(world.warehouse) != before) == ended.published, (day, ended)
        if ended.published:
            self._look_at_the_new_file(day)
        return ended

    def _look_at_the_new_file(self, day: Day) -> None:
        for number, indicator in REVISED.items():
            base = self.served.setdefault(number, self.world.figure(indicator))
            if f"ssb_{number}" not in day.stale:
                served = base * self.world.factor.get(number, 1.0)
                assert self.world.figure(indicator) == pytest.approx(served), (day, indicator)
        with publish.reading(self.world.warehouse) as con:
            [(started,)] = con.execute(
                "select max(started_at)::varchar from mart.refresh_run"
            ).fetchall()
            [(digest,)] = con.execute(FIGURES.format("mart.observation")).fetchall()
            codes = {row[0] for row in con.execute(_MUNICIPALITIES).fetchall()}
            assert con.execute(_ORPHANS).fetchall() == [], day
        in_force = self.world.upstream.klass.municipalities_at(date(day.day.year, 1, 1))
        assert codes == in_force.keys() - {UNSPECIFIED}, day
        self.vintages[str(started)] = str(digest)

    def look_back(self) -> None:
        """Each vintage is known as it was published."""
        with publish.reading(self.world.warehouse) as con:
            for started, digest in self.vintages.items():
                known = f"mart.observation_as_of('{started}')"
                assert con.execute(FIGURES.format(known)).fetchall() == [(digest,)], started

    def compare_with_a_clean_run(self, folder: Path) -> None:
        """All is asked once more, and then by one who has nothing.

        A table is revised before: a refresh that finds nothing new publishes no new day either.
        """
        world = self.world
        world.upstream.heal()
        Clock.hour += clock.REGISTERS_ARE_DUE
        world.revise(next(iter(REVISED)))
        assert world.refresh().state == "Completed"
        assert world.refresh(folder).state == "Completed"
        here, clean = figures(world.home), figures(folder)
        assert here.keys() == clean.keys()
        for table, rows in clean.items():
            if table not in OF_A_HISTORY:
                told = [str(row).replace("'unchanged'", "'fetched'") for row in here[table]]
                pairs = zip(told, map(str, rows), strict=True)
                assert [pair for pair in pairs if pair[0] != pair[1]][:1] == [], table


@contextmanager
def begun(home: Path, *, as_flow: bool = False) -> Iterator[Played]:
    """A world on the eve of its first day."""
    limits = Limits(statbank=Window(1_000_000, 1), searches=Window(1_000_000, 1))
    first = morning(events.NEW_YEAR.replace(year=events.NEW_YEAR.year - 1))
    with StandIn(limits=limits) as upstream, clock.showing(first):
        yield Played(World(upstream, home, as_flow))


def play(
    days: Sequence[Day],
    home: Path,
    tell: Tell,
    after: After = lambda _day, _ended: None,
    *,
    as_flow: bool = False,
) -> Played:
    """Plays days, and compares the end with a clean run.

    Raises AssertionError for the first day that is not as it must be.
    """
    with begun(home / "played", as_flow=as_flow) as played:
        for number, day in enumerate(days, 1):
            ended = played.day(day)
            after(day, ended)
            if day.events:
                what = f"{', '.join(day.events)}: {ended.state} {ended.sentence[:80]}"
                tell(f"{number:4} {day.day} {what}")
        played.compare_with_a_clean_run(home / "clean")
        played.look_back()
        tell(f"{len(days)} days, {len(played.vintages)} vintages; the same as a clean run")
    return played


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
