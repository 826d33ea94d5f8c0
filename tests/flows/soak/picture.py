"""The year as a picture, a day a square coloured by the state it ends in, and as a table.

`python -m tests.flows.soak.picture` writes docs/year.svg and docs/year.md anew from the calendar.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.flows.soak import events
from tests.flows.soak.calendar import Day, one_of_each, year

DOCS = Path(__file__).parents[3] / "docs"
# Told apart without colour as well: the darker, the more a person has to do.
COLOURS = {
    "Unchanged": "#e5e9ec",
    "Completed": "#8fc1a9",
    "Stale": "#e0a93b",
    "Failed": "#b5432e",
    "Crashed": "#4b1f4e",
}
_SIDE, _STEP, _LEFT, _TOP = 14, 17, 40, 24
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def drawn(days: Sequence[Day]) -> str:
    """The picture: a column a week, a row a day of the week."""
    monday = days[0].day
    weeks = (days[-1].day - monday).days // 7 + 1
    width, height = _LEFT + weeks * _STEP + 8, _TOP + len(_WEEKDAYS) * _STEP + 34
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11" fill="#333">',
        f"<title>{len(days)} working days, each in the state in which its refresh ends</title>",
        *_axes(days),
        *(_square(each, (each.day - monday).days // 7) for each in days),
        *_legend(days, height - 16),
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def _axes(days: Sequence[Day]) -> Iterator[str]:
    """Weekdays to the left, months above the week in which they begin."""
    for row, name in enumerate(_WEEKDAYS):
        yield f'<text x="8" y="{_TOP + row * _STEP + 11}">{name}</text>'
    month = 0
    for number, each in enumerate(days):
        if each.day.month != month:
            month = each.day.month
            x = _LEFT + number // len(_WEEKDAYS) * _STEP
            yield f'<text x="{x}" y="14">{each.day:%b}</text>'


def _square(each: Day, week: int) -> str:
    x, y = _LEFT + week * _STEP, _TOP + each.day.weekday() * _STEP
    what = f": {', '.join(each.events).replace('_', ' ')}" if each.events else ""
    return (
        f'<rect x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" fill="{COLOURS[each.ends]}">'
        f"<title>{each.day}, {each.ends}{what}</title></rect>"
    )


def _legend(days: Sequence[Day], y: int) -> Iterator[str]:
    x = _LEFT
    for state, colour in COLOURS.items():
        count = sum(each.ends == state for each in days)
        yield f'<rect x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" fill="{colour}"/>'
        yield f'<text x="{x + _SIDE + 5}" y="{y + 11}">{state}, {count}</text>'
        x += 120


_PAGE = """\
# A year of working days

`make soak` plays {count} working days against a stand-in for all services, with a clock of its own.
Each morning the warehouse is refreshed. The refresh must end in the state that the calendar
declares, exactly the sources it names must be stale, the others must show the figures served, and
a refresh that published nothing must have left the file as it was. In the end every table of
`mart` must be that of one refresh into an empty folder, and each vintage must be known as it was
published. The catalogue is cut down to few tables, for time; the first day, that of the
announcement and each day from December to March are played with the whole catalogue as well
({uncut} days).

Each day is put on record with a real Prefect server, as a run that ends in the state in which the
day ended; a run that was killed says nothing more there. The shipped automations must then send a
message to a webhook on loopback for each day that ends in {told}, and for
no other. The first day that ends in each state, and the day after it, are played once more as runs
of the server itself ({server} days): the flow must end in these states, and the same messages come.

Figures, codes and days are made up, but for the decision that Moskenes and Vestvågøy become
Vest-Lofoten on 1 January 2028. This page is written from `tests/flows/soak/calendar.yaml`.

![A year of working days, a square each](year.svg)

| day | what happens | ends | stale |
|---|---|---|---|
{rows}
"""


def page(days: Sequence[Day]) -> str:
    """The table of the days on which something happens."""
    rows = [
        f"| {each.day} | {' '.join(_told(name) for name in each.events)} | {each.ends} |"
        f" {', '.join(sorted(each.stale))} |"
        for each in days
        if each.events
    ]
    told = {each.ends for each in days if each.is_told}
    *others, last = [state for state in COLOURS if state in told]
    states = f"{', '.join(others)} or {last}"
    return _PAGE.format(
        count=len(days),
        uncut=sum(each.uncut for each in days),
        server=len(one_of_each()),
        told=states,
        rows="\n".join(rows),
    )


def _told(event: str) -> str:
    """What an event is, in the words of its function."""
    return (events.of(event).__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def write(folder: Path = DOCS) -> None:
    """Writes picture and table."""
    (folder / "year.svg").write_text(drawn(year()), encoding="utf-8")
    (folder / "year.md").write_text(page(year()), encoding="utf-8")


if __name__ == "__main__":
    write()
