"""Days in which publishers change their tables and registers, services fail and a clock is wrong.

Each day something happens, the warehouse is refreshed, and every source must be in the state that
is right for that day: stale where its answers could not be used, and no other. In the end all is
well again, and every table of `mart` must be that of one refresh into an empty folder. The
catalogue is whole, if it is not replaced by a test. Everything random comes of one seed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from random import Random

import orjson
import pytest

from common.errors import UpstreamError
from flows import attempts, engine, log
from flows.outcome import Summary
from flows.settings import Settings
from sources import changes, files
from sources.http import session
from tests.flows.soak.kills import OF_A_HISTORY, Revised
from tests.flows.test_live_path import figures
from tests.small import REVISED
from tests.upstream import faults
from tests.upstream.exchange import Answer, Question
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

BEGINS = datetime(2026, 9, 1, 8, tzinfo=UTC)
REGISTERS_ARE_DUE = timedelta(days=8)
OF_PARTS = "07459"  # a table that is asked for in several requests
STATEMENTS = "uutilsynet_statements"
PLACE, PERIOD = "4601", "2025"
HAS_A_CLOCK = (attempts, engine, log, changes, files, session)


class Clock(datetime):
    """The clock of the product, which shows the hour of the world."""

    hour = BEGINS

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.hour.astimezone(tz)


@dataclass
class World:
    """What happened so far; `wrong` are the sources whose answers of the day can't be used."""

    upstream: StandIn
    home: Path
    random: Random
    factor: dict[str, float] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)
    stale: int = 0

    def __post_init__(self) -> None:
        self.upstream.statbank.clock = lambda: Clock.hour
        self._tables = dict(self.upstream.statbank.tables)

    @property
    def warehouse(self) -> Path:
        return Settings(home=self.home).warehouse

    def pass_time(self, time: timedelta) -> None:
        Clock.hour += time

    def update(self, number: str, minutes: float = 0) -> None:
        """A publisher updates a table, with the figures that it has by now."""
        table = self._tables[number]
        revised = replace(table, figures=Revised(table.figures, self.factor.get(number, 1.0)))
        at = Clock.hour + timedelta(minutes=minutes)
        self.upstream.statbank.publish(revised.updated_at(f"{at:%Y-%m-%dT%H:%M:%SZ}"))

    def refresh(self, home: Path | None = None) -> Summary:
        address = self.upstream.address
        return engine.run(Settings(home or self.home, address, calls_a_minute=1_000_000))

    def figure(self, indicator: str) -> float:
        with publish.reading(self.warehouse) as con:
            [(value,)] = con.execute(
                "select value from mart.observation where indicator_id = ?"
                " and municipality_code = ? and period = ?",
                [indicator, PLACE, PERIOD],
            ).fetchall()
        return float(value)


# --- what can happen -----------------------------------------------------------------------


def revision(world: World) -> None:
    """Figures are revised."""
    _revise(world, world.random.choice(sorted(REVISED)))


def _revise(world: World, number: str) -> None:
    world.factor[number] = 1 + world.random.randint(1, 50) / 1000
    world.update(number)


def _revise_two(world: World) -> str:
    """Of two tables that are revised, the one that is to go wrong: the other is published."""
    goes_wrong, goes_well = world.random.sample(sorted(REVISED), 2)
    _revise(world, goes_wrong)
    _revise(world, goes_well)
    return goes_wrong


def changes_once_while_it_is_fetched(world: World) -> None:
    """The other parts are asked once more."""

    def change(_question: Question, answer: Answer) -> Answer:
        world.update(OF_PARTS, minutes=1)
        return answer

    world.update(OF_PARTS)
    world.upstream.misbehave(change, f"{OF_PARTS}/data")


def never_stands_still(world: World) -> None:
    """Its parts are never of one version."""
    minutes = iter(range(1, 1_000))

    def change(_question: Question, answer: Answer) -> Answer:
        world.update(OF_PARTS, minutes=next(minutes) / 60)
        return answer

    revision(world)
    world.update(OF_PARTS)
    world.upstream.misbehave(change, f"{OF_PARTS}/data", times=None)
    world.wrong.add(f"ssb_{OF_PARTS}")


def vanishes(world: World) -> None:
    """A table that is revised can't be found."""
    number = _revise_two(world)
    world.upstream.misbehave(faults.vanished, f"{number}/metadata", times=None)
    world.wrong.add(f"ssb_{number}")


def comes_broken(world: World) -> None:
    """Half of the figures of a table come."""
    number = _revise_two(world)
    world.upstream.misbehave(faults.broken_json, f"{number}/data", times=None)
    world.wrong.add(f"ssb_{number}")


def row_comes_twice(world: World) -> None:
    """A page of a register has the same statement twice, and one fewer of the others."""
    world.pass_time(REGISTERS_ARE_DUE)
    world.upstream.misbehave(_with_row({}), "alle-erklaeringer?page=3", times=None)


def row_contradicts_another(world: World) -> None:
    """A statement comes twice and with another name."""
    world.pass_time(REGISTERS_ARE_DUE)
    other = {"iktLoeysingNamn": "OPPDIKTET"}
    world.upstream.misbehave(_with_row(other), "alle-erklaeringer?page=3", times=None)
    world.wrong.add(STATEMENTS)


def _with_row(other: dict[str, str]) -> faults.Misbehave:
    def misbehave(_question: Question, answer: Answer) -> Answer:
        document = orjson.loads(answer.body)
        rows = document["_embedded"]["dataElements"]
        rows[1] = rows[0] | other
        return replace(answer, body=orjson.dumps(document))

    return misbehave


def clock_is_ahead(world: World) -> None:
    """For one refresh of a revised table the clock of the machine is a month ahead."""
    revision(world)
    Clock.hour += timedelta(days=30)
    world.refresh()
    Clock.hour -= timedelta(days=30)
    revision(world)


def services_are_away(world: World) -> None:
    """Nothing can be asked: the refresh ends in a sentence, and the file stays as it was."""
    revision(world)
    before = world.warehouse.read_bytes()
    world.upstream.misbehave(faults.vanished, times=None)
    with pytest.raises(UpstreamError, match="HTTP 404"):
        world.refresh()
    assert world.warehouse.read_bytes() == before
    world.upstream.heal()


def nothing(_world: World) -> None:
    """A quiet day."""


EVENTS: tuple[Callable[[World], None], ...] = (
    revision,
    changes_once_while_it_is_fetched,
    never_stands_still,
    vanishes,
    comes_broken,
    row_comes_twice,
    row_contradicts_another,
    clock_is_ahead,
    services_are_away,
    nothing,
)


# --- the days ------------------------------------------------------------------------------


def play(days: int, seed: int, home: Path, tell: Callable[[str], object]) -> World:
    """Plays the days. Raises AssertionError for the first that is not as it must be."""
    limits = Limits(statbank=Window(1_000_000, 1), searches=Window(1_000_000, 1))
    with StandIn(limits=limits) as upstream, _clock_of_the_world():
        world = World(upstream, home / "played", Random(seed))  # noqa: S311
        assert world.refresh().failed == ()
        base = {number: world.figure(indicator) for number, indicator in REVISED.items()}
        for number, event in enumerate(_events(world.random, days), 1):
            _heal(world)
            world.pass_time(timedelta(days=1))
            event(world)
            world.events[event.__name__] += 1
            summary = world.refresh()
            failed = {item.table_id for item in summary.failed}
            assert failed == world.wrong, (event.__name__, summary.failed)
            world.stale += len(failed)
            for table, indicator in REVISED.items():
                if f"ssb_{table}" not in failed:
                    served = base[table] * world.factor.get(table, 1.0)
                    assert world.figure(indicator) == pytest.approx(served), (table, event)
            tell(f"{number:4} {Clock.hour:%Y-%m-%d} {event.__name__}, stale: {sorted(failed)}")
        _compare_with_a_clean_run(world, home / "clean")
        tell(f"{world.events.total()} days, {world.stale} stale; the same as a clean run")
    return world


def _events(random: Random, days: int) -> Iterator[Callable[[World], None]]:
    """Each kind before any comes again."""
    while days > 0:
        for event in random.sample(EVENTS, min(days, len(EVENTS))):
            days -= 1
            yield event


def _heal(world: World) -> None:
    world.upstream.heal()
    world.wrong.clear()


def _compare_with_a_clean_run(world: World, folder: Path) -> None:
    """All is asked once more, and then by one who has nothing.

    A table is revised before: a refresh that finds nothing new publishes no new day either.
    """
    _heal(world)
    world.pass_time(REGISTERS_ARE_DUE)
    revision(world)
    assert world.refresh().failed == ()
    assert world.refresh(folder).failed == ()
    here, clean = figures(world.home), figures(folder)
    assert here.keys() == clean.keys()
    for table, rows in clean.items():
        if table not in OF_A_HISTORY:
            told = [str(row).replace("'unchanged'", "'fetched'") for row in here[table]]
            differing = [
                pair for pair in zip(told, map(str, rows), strict=True) if pair[0] != pair[1]
            ]
            assert differing[:1] == [], table


@contextmanager
def _clock_of_the_world() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "hour", BEGINS)
        for module in HAS_A_CLOCK:
            patch.setattr(module, "datetime", Clock)
        yield
