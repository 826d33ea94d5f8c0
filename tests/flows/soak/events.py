"""What can happen on a day: each function is an event that `calendar.yaml` names.

It takes the world and what the event is about. A fault of a service is over the next morning; what
was published or changed stays.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import orjson

from flows.settings import Settings
from tests.command import digidistrikt
from tests.flows.soak import refresh
from tests.flows.soak.clock import Clock
from tests.flows.soak.refresh import Ended
from tests.flows.soak.world import World
from tests.upstream import faults, future
from tests.upstream.exchange import Answer, Question
from tests.upstream.klass import municipalities_at

PEOPLE = "07459"
STATEMENTS = "alle-erklaeringer?page=3"
FULL_AT = 2_000_000  # bytes; a warehouse is larger
NEW_YEAR = date(2028, 1, 1)
_TODAY = municipalities_at(date(2026, 1, 1))
# In one night: a merger that is decided and, made up, a county under a new number, a new name, and
# a municipality that is divided.
CHANGES: tuple[future.Change, ...] = (
    ("1860", "Vestvågøy", "1899", "Vest-Lofoten"),
    ("1874", "Moskenes", "1899", "Vest-Lofoten"),
    *((code, name, f"59{code[2:]}", name) for code, name in _TODAY.items() if code[:2] == "55"),
    ("4645", _TODAY["4645"], "4645", "OPPDIKTET"),
    ("3301", _TODAY["3301"], "3301", _TODAY["3301"]),
    ("3301", _TODAY["3301"], "3399", "OPPDIKTET DEL"),
)
_LISTED_FIRST = {"1899": "1898"}  # a code that Klass has wrong until it is corrected


# --- publishers ----------------------------------------------------------------------------


def begins(world: World, _: object) -> None:
    """The first day: the population of the year is there."""
    population(world, "2027")


def revision(world: World, number: str) -> None:
    """A table is revised."""
    world.revise(number)


def publication(world: World, about: tuple[list[str], str]) -> None:
    """Tables get the figures of another year, each those of the year before."""
    numbers, period = about
    for number in numbers:
        world.becomes(number, future.another_year(world.table(number), period))


def population(world: World, year: str) -> None:
    """The population of a year, in the municipalities of its first day."""
    changes = CHANGES if year == str(NEW_YEAR.year) else ()
    world.becomes(PEOPLE, future.people_after(world.table(PEOPLE), year, changes))


def goes_back(world: World, number: str) -> None:
    """A table comes with other figures, as of a day before it was revised the last time."""
    world.revise(number)
    world.update(number, timedelta(days=-20))


def discontinued(world: World, number: str) -> None:
    """A table is said to get no new figures."""
    world.becomes(number, world.table(number).discontinue())


def changed_shape(world: World, number: str) -> None:
    """A code of a table has another label."""
    dimension = next(d for d in world.table(number).dimensions if d.code.startswith("KOKutd"))
    labels = {code: f"OPPDIKTET {label}" for code, label in dimension.labels.items()}
    world.becomes(number, world.table(number).changed(dimension.code, labels=labels))


def accepted(world: World, number: str) -> None:
    """A person has looked at the new shape and accepts it."""
    done = digidistrikt("contracts", "accept", f"ssb_{number}", home=world.home)
    assert done.returncode == 0, done.stderr


# --- answers that can't be used ------------------------------------------------------------


def outage(world: World, number: str) -> None:
    """All services are away on a morning on which a table was revised."""
    world.revise(number)
    world.upstream.misbehave(faults.vanished, times=None)


def vanishes(world: World, number: str) -> None:
    """A table can't be found; another was revised."""
    world.revise(number)
    world.revise_another_than(number)
    world.upstream.misbehave(faults.vanished, f"{number}/metadata", times=None)


def breaks(world: World, number: str) -> None:
    """Half of the figures of a table come; another was revised."""
    world.revise(number)
    world.revise_another_than(number)
    world.upstream.misbehave(faults.broken_json, f"{number}/data", times=None)


def absurd_figure(world: World, number: str) -> None:
    """A table comes with a figure that can't be; another was revised."""
    world.revise(number)
    world.revise_another_than(number)
    world.upstream.misbehave(faults.figure_instead(-7), f"{number}/data", times=None)


def absurd_population(world: World, _: object) -> None:
    """Fewer than nobody lives in a municipality."""
    world.update(PEOPLE)
    world.upstream.misbehave(faults.figure_instead(-7), f"{PEOPLE}/data", times=None)


def parts_of_two_versions(world: World, number: str) -> None:
    """A table is updated once while it is fetched."""

    def change(_question: Question, answer: Answer) -> Answer:
        world.update(number, timedelta(minutes=1))
        return answer

    world.update(number)
    world.upstream.misbehave(change, f"{number}/data")


def never_stands_still(world: World, number: str) -> None:
    """A table is updated each time a part of it is fetched; another was revised."""
    seconds = count(1)

    def change(_question: Question, answer: Answer) -> Answer:
        world.update(number, timedelta(seconds=next(seconds)))
        return answer

    world.revise_another_than(number)
    world.update(number)
    world.upstream.misbehave(change, f"{number}/data", times=None)


def row_twice(world: World, _: object) -> None:
    """A page of a register has a statement twice, and one fewer of the others."""
    world.upstream.misbehave(_second_row_is_the_first({}), STATEMENTS, times=None)


def register_whole(_world: World, _: object) -> None:
    """A register is asked again, more than a week later, and has all of its statements."""


def row_contradicts(world: World, _: object) -> None:
    """A statement comes twice, the second time with another name."""
    other = {"iktLoeysingNamn": "OPPDIKTET"}
    world.upstream.misbehave(_second_row_is_the_first(other), STATEMENTS, times=None)


def _second_row_is_the_first(other: dict[str, str]) -> faults.Misbehave:
    def misbehave(_question: Question, answer: Answer) -> Answer:
        document = orjson.loads(answer.body)
        rows = document["_embedded"]["dataElements"]
        rows[1] = rows[0] | other
        return replace(answer, body=orjson.dumps(document))

    return misbehave


def mended(_world: World, _: object) -> None:
    """What was at fault the day before is well again."""


# --- the map -------------------------------------------------------------------------------


def announced(world: World, _: object) -> None:
    """Klass lists the changes of the next year, one of them with a wrong code."""
    listed = [
        (old, name, _LISTED_FIRST.get(new, new), new_name) for old, name, new, new_name in CHANGES
    ]
    future.announce(world.upstream, NEW_YEAR, listed)


def new_year(world: World, _: object) -> None:
    """The changes are in force; nobody has published the classes of the year."""
    world.upstream.klass.classes_to = NEW_YEAR.year


def correction(world: World, _: object) -> None:
    """Klass corrects the code of the merged municipality, weeks after the day."""
    world.upstream.klass.changes.clear()
    future.announce(world.upstream, NEW_YEAR, CHANGES)


def classes(world: World, _: object) -> None:
    """Klass has the classes of the year."""
    world.upstream.klass.classes_to = NEW_YEAR.year + 1


# --- the machine ---------------------------------------------------------------------------


def clock_ahead(world: World, number: str) -> None:
    """For one refresh of a revised table the clock of the machine is a month ahead."""
    world.revise(number)
    Clock.hour += timedelta(days=30)
    assert world.refresh().state == "Completed"
    Clock.hour -= timedelta(days=30)
    world.revise(number)


def killed(world: World, number: str) -> Ended:
    """A table was revised, and the worker is killed as the figures are modelled."""
    world.revise(number)
    address = world.upstream.address
    return refresh.killed(world.home, address, "modelling", as_flow=world.as_flow)


def full_disk(world: World, number: str) -> Ended:
    """A table was revised, and there is no room for the new warehouse."""
    world.revise(number)
    address = world.upstream.address
    ended = refresh.without_room(world.home, address, FULL_AT, as_flow=world.as_flow)
    assert "Make room on the disk" in ended.sentence, ended
    assert Settings(home=world.home).warehouse.exists()
    return ended


def of(name: str) -> Callable[[World, Any], Ended | None]:
    """The event that a calendar names; one that runs the refresh of its day says how it ended."""
    found: Callable[[World, Any], Ended | None] = globals()[name]
    return found
