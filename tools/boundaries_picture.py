"""Draws how ground went from municipality to municipality, as docs/boundaries.svg.

`python -m tools.boundaries_picture data/digidistrikt.duckdb docs/boundaries.svg`
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import publish


class PictureColumn(NamedTuple):
    """A column: the division of a year, and the year whose people are written on it."""

    year: int
    people: int
    title: str


class Story(NamedTuple):
    """A divided municipality with its neighbours, from the top, through three divisions."""

    title: str
    codes: tuple[str, ...]
    divisions: tuple[PictureColumn, ...]


_UNTIL_2016 = PictureColumn(2016, 2016, "until 2016, people 2016")
_UNTIL_2019 = PictureColumn(2019, 2016, "until 2019, people 2016")
_UNTIL_2023 = PictureColumn(2020, 2020, "2020-2023, people 2020")
_TODAY = PictureColumn(2024, 2024, "since 2024, people 2024")
_LATE, _EARLY = (_UNTIL_2019, _UNTIL_2023, _TODAY), (_UNTIL_2016, _UNTIL_2023, _TODAY)
STORIES = (
    Story("Ålesund and Haram", ("1504", "1523", "1529", "1546", "1534"), _LATE),
    Story("Tysfjord", ("1805", "1854", "1850", "1849"), _LATE),
    Story("Snillfjord", ("5011", "1571", "5012", "5013", "5024", "5023", "5016"), _LATE),
    Story("Stokke", ("0706", "0719", "0720", "0704", "0716"), _EARLY),
)
CAPTION = (
    "A line is ground that went from one municipality to another; its colour is the municipality"
    " it lies in today. Broken: a part, with its estimated people and share."
)
_COLOURS = ("#1b6ca8", "#d1603d", "#4c8a4a")
_BOX, _GAP, _PORT, _BETWEEN, _MARGIN, _STUB = 280, 190, 23, 11, 16, 122

_FLOWS = """
with place as (
    select division_year.year, piece, code
    from core.division_piece inner join core.division_year using (division)
),
named as (
    select division_year.year, version.code, any_value(version.name) as name
    from core.division_year
    inner join core.municipality_version as version
        on version.valid_from <= make_date(division_year.year, 1, 1)
        and coalesce(version.valid_to > make_date(division_year.year, 1, 1), true)
    group by all
),
people as (
    select on_year.year, population.year as counted, way.to_code as code,
        sum(population.population * way.weight) as people
    from staging.population_reported as population
    inner join core.division_year as own on own.year = population.year
    inner join core.crosswalk as way
        on way.from_date = own.division and way.from_code = population.code
    inner join core.division_year as on_year on on_year.division = way.to_date
    group by all
)
select distinct before.code, before_name.name, before_people.people, after.code, after_name.name,
    after_people.people, way.weight, today.code
from place as before
inner join place as after using (piece)
inner join place as today using (piece)
inner join core.division_year as before_division on before_division.year = before.year
inner join core.division_year as after_division on after_division.year = after.year
inner join core.crosswalk as way
    on way.from_date = before_division.division and way.from_code = before.code
    and way.to_date = after_division.division and way.to_code = after.code
inner join named as before_name on (before_name.year, before_name.code) = (before.year, before.code)
inner join named as after_name on (after_name.year, after_name.code) = (after.year, after.code)
left join people as before_people
    on (before_people.year, before_people.code, before_people.counted)
    = (before.year, before.code, $before_counted)
left join people as after_people
    on (after_people.year, after_people.code, after_people.counted)
    = (after.year, after.code, $after_counted)
where before.year = $before and after.year = $after and today.year = $today
"""


class Flow(NamedTuple):
    """Ground that went from one municipality to another, and where it lies in the last column."""

    old: str
    old_name: str
    old_people: float | None
    new: str
    new_name: str
    new_people: float | None
    weight: float | None
    last: str


@dataclass
class Box:
    """A municipality in a column: as high as the flows that arrive or leave need."""

    code: str
    name: str
    people: float | None
    x: int
    ports: int
    y: float = 0

    @property
    def height(self) -> float:
        return _PORT * self.ports + 8

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def port(self, place: int, of: int) -> float:
        """The level of one of so many flows on a side."""
        return self.middle + (place - (of - 1) / 2) * _PORT


def draw(con: duckdb.DuckDBPyConnection) -> str:
    """The SVG of every story below one another, one column a division."""
    parts, top = [_text(_MARGIN, 26, CAPTION, "caption")], 62.0
    for story in STORIES:
        drawn, bottom = _story(con, story, top)
        parts += drawn
        top = bottom + 46
    width = _MARGIN * 2 + _BOX * 3 + _GAP * 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top - 20:.0f}"'
        f' width="{width}" height="{top - 20:.0f}" font-family="Helvetica, Arial, sans-serif">\n'
        "<style>.caption{font-size:15px;fill:#333}.head{font-size:14px;fill:#555}"
        ".story{font-size:18px;font-weight:bold}.box{font-size:15px}.code{font-weight:bold}"
        ".people{fill:#444;text-anchor:end}.flow{font-size:14px;fill:#222}</style>\n"
        '<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _story(con: duckdb.DuckDBPyConnection, story: Story, top: float) -> tuple[list[str], float]:
    """Boxes and flows of one story, and where it ends."""
    steps: list[list[Flow]] = []
    codes = set(story.codes)
    for before, after in pairwise(story.divisions):
        steps.append([flow for flow in _flows(con, before, after) if flow.old in codes])
        codes = {flow.new for flow in steps[-1]}
    columns = _columns(story, steps)
    bottom = _stack(columns, steps, top + 34)
    last = sorted({flow.last for flow in steps[-1]}, key=lambda code: columns[-1][code].y)
    colour = dict(zip(last, _COLOURS, strict=False))
    drawn = [_text(_MARGIN, top, story.title, "story")]
    drawn += [
        _text(_MARGIN + at * (_BOX + _GAP), top + 20, division.title, "head")
        for at, division in enumerate(story.divisions)
    ]
    for at, flows in enumerate(steps):
        drawn += _lines(flows, columns[at], columns[at + 1], colour)
    drawn += [_box(box) for column in columns for box in column.values()]
    return drawn, bottom


def _flows(
    con: duckdb.DuckDBPyConnection, before: PictureColumn, after: PictureColumn
) -> list[Flow]:
    rows = con.execute(
        _FLOWS,
        {
            "before": before.year,
            "before_counted": before.people,
            "after": after.year,
            "after_counted": after.people,
            "today": _TODAY.year,
        },
    ).fetchall()
    return sorted(Flow._make(row) for row in rows)


def _columns(story: Story, steps: list[list[Flow]]) -> list[dict[str, Box]]:
    """The boxes of each column, not yet on their levels."""
    named = [
        {flow.old: (flow.old_name, flow.old_people) for flow in steps[0]},
        *({flow.new: (flow.new_name, flow.new_people) for flow in flows} for flows in steps),
    ]
    columns = []
    for at, boxes in enumerate(named):
        arriving = [flow.new for flow in steps[at - 1]] if at else []
        leaving = [flow.old for flow in steps[at]] if at < len(steps) else []
        columns.append(
            {
                code: Box(
                    code,
                    *boxes[code],
                    x=_MARGIN + at * (_BOX + _GAP),
                    ports=max(1, arriving.count(code), leaving.count(code)),
                )
                for code in (boxes if at else story.codes)
            }
        )
    return columns


def _stack(columns: list[dict[str, Box]], steps: list[list[Flow]], top: float) -> float:
    """Puts each box level with the middle of what it came from, clear of the one above."""
    free = top
    for box in columns[0].values():
        box.y, free = free, free + box.height + _BETWEEN
    bottom = free
    for (before, after), flows in zip(pairwise(columns), steps, strict=True):
        sources: dict[str, list[float]] = defaultdict(list)
        for flow in flows:
            sources[flow.new].append(before[flow.old].middle)
        free = top
        for code in sorted(after, key=lambda code: sum(sources[code]) / len(sources[code])):
            middle = sum(sources[code]) / len(sources[code])
            after[code].y = max(free, middle - after[code].height / 2)
            free = after[code].y + after[code].height + _BETWEEN
        bottom = max(bottom, free)
    return bottom


def _lines(
    flows: Iterable[Flow], before: dict[str, Box], after: dict[str, Box], colour: dict[str, str]
) -> list[str]:
    leaving: dict[str, list[Flow]] = defaultdict(list)
    arriving: dict[str, list[Flow]] = defaultdict(list)
    for flow in sorted(flows, key=lambda flow: (before[flow.old].y, after[flow.new].y)):
        leaving[flow.old].append(flow)
        arriving[flow.new].append(flow)
    return [
        _line(
            flow,
            (before[old].x + _BOX, before[old].port(place, len(parts))),
            (after[flow.new].x, _arrival(flow, arriving[flow.new], after[flow.new])),
            colour[flow.last],
        )
        for old, parts in leaving.items()
        for place, flow in enumerate(parts)
    ]


def _arrival(flow: Flow, arriving: list[Flow], box: Box) -> float:
    return box.port(arriving.index(flow), len(arriving))


def _line(flow: Flow, start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    """A part leaves straight for as long as its label is, then bends like the others."""
    (x1, y1), (x2, y2) = start, end
    is_part = flow.weight != 1
    bend = x1 + (_STUB if is_part else 20)
    middle = (bend + x2) / 2
    line = (
        f'<path d="M{x1:.0f} {y1:.1f} H{bend:.0f}'
        f' C{middle:.0f} {y1:.1f} {middle:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"'
        f' fill="none" stroke="{colour}" stroke-width="3"'
        + (' stroke-dasharray="7 4"/>' if is_part else "/>")
    )
    if not is_part or flow.weight is None or flow.old_people is None:
        return line
    label = f"\u2248 {_number(flow.weight * flow.old_people)} ({flow.weight:.1%})"
    return line + _text(x1 + 6, y1 - 5, label, "flow")


def _box(box: Box) -> str:
    level = box.middle + 5.5
    people = "" if box.people is None else _number(box.people)
    return (
        f'<rect x="{box.x}" y="{box.y:.1f}" width="{_BOX}" height="{box.height:.1f}" rx="5"'
        ' fill="#f5f3ee" stroke="#666"/>'
        + _text(box.x + 9, level, box.code, "box code")
        + _text(box.x + 52, level, box.name, "box")
        + _text(box.x + _BOX - 9, level, people, "box people")
    )


def _number(people: float) -> str:
    return f"{people:,.0f}".replace(",", "\u202f")


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def main() -> None:
    """Draws the warehouse named first into the file named second."""
    warehouse, picture = map(Path, sys.argv[1:])
    with publish.reading(warehouse) as con:
        picture.write_text(draw(con), encoding="utf-8")


if __name__ == "__main__":
    main()
