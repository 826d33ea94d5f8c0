"""Draws how ground went from municipality to municipality, as an SVG for the documentation."""

from collections import defaultdict
from html import escape
from itertools import pairwise
from typing import NamedTuple

import duckdb

STORIES = {
    "Ålesund and Haram": ["1504", "1523", "1529", "1546", "1534"],
    "Tysfjord": ["1805", "1854", "1850", "1849"],
    "Snillfjord": ["5011", "1571", "5012", "5013", "5024", "5023", "5016"],
}
# the divisions drawn, and the year whose people are written on them
COLUMNS = [
    (2019, 2016, "until 2019 (people 2016)"),
    (2020, 2020, "2020-2023 (people 2020)"),
    (2024, 2024, "since 2024 (people 2024)"),
]
COLOURS = ["#1b6ca8", "#d1603d", "#5b8c5a", "#8a5a9e", "#b8902c", "#3f8f8b"]
BOX_WIDTH, BOX_HEIGHT, ROW, COLUMN, MARGIN = 225, 26, 38, 425, 24

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


class Box(NamedTuple):
    x: int
    y: float
    text: str


def draw(con: duckdb.DuckDBPyConnection) -> str:
    """The SVG of every story below one another, one column a division."""
    steps = [_flows(con, *pair) for pair in pairwise(COLUMNS)]
    parts = [
        _text(MARGIN + at * COLUMN, 22, title, "head") for at, (*_, title) in enumerate(COLUMNS)
    ]
    top = 62.0
    for title, codes in STORIES.items():
        parts.append(_text(MARGIN, top, title, "story"))
        drawn, height = _story(codes, steps, top + 14)
        parts += drawn
        top += height + 58
    width = MARGIN * 2 + COLUMN * (len(COLUMNS) - 1) + BOX_WIDTH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top - 30:.0f}"'
        f' width="{width}" height="{top - 30:.0f}" font-family="Helvetica, Arial, sans-serif">\n'
        "<style>.head{font-size:13px;fill:#555}.story{font-size:15px;font-weight:bold}"
        ".box{font-size:12px}.flow{font-size:11px;fill:#333;paint-order:stroke;stroke:#fff;"
        "stroke-width:4px}</style>\n"
        '<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _flows(
    con: duckdb.DuckDBPyConnection, before: tuple[int, int, str], after: tuple[int, int, str]
) -> list[Flow]:
    rows = con.execute(
        _FLOWS,
        {
            "before": before[0],
            "before_counted": before[1],
            "after": after[0],
            "after_counted": after[1],
            "today": COLUMNS[-1][0],
        },
    ).fetchall()
    return sorted(Flow._make(row) for row in rows)


def _story(codes: list[str], steps: list[list[Flow]], top: float) -> tuple[list[str], float]:
    """Boxes and flows of one story; and how high it is."""
    first = {flow.old: flow for flow in steps[0]}
    columns = [
        {
            code: Box(
                MARGIN, top + ROW * at, _label(code, first[code].old_name, first[code].old_people)
            )
            for at, code in enumerate(codes)
        }
    ]
    flows = []
    for at, step in enumerate(steps, start=1):
        here = [flow for flow in step if flow.old in columns[-1]]
        columns.append(_next_column(here, columns[-1], MARGIN + at * COLUMN))
        flows.append(here)
    colour = dict(zip(sorted({flow.last for flow in flows[-1]}), COLOURS, strict=False))
    drawn = [
        _flow(flow, columns[at], columns[at + 1], colour)
        for at, here in enumerate(flows)
        for flow in here
    ]
    drawn += [_box(box) for column in columns for box in column.values()]
    return drawn, ROW * len(codes)


def _next_column(flows: list[Flow], before: dict[str, Box], x: int) -> dict[str, Box]:
    """Each municipality level with the middle of what it came from, and clear of the one above."""
    sources: dict[str, list[float]] = defaultdict(list)
    label = {flow.new: _label(flow.new, flow.new_name, flow.new_people) for flow in flows}
    for flow in flows:
        sources[flow.new].append(before[flow.old].y)
    boxes: dict[str, Box] = {}
    free = min(box.y for box in before.values())
    for code, levels in sorted(sources.items(), key=lambda item: sum(item[1]) / len(item[1])):
        y = max(free, sum(levels) / len(levels))
        boxes[code] = Box(x, y, label[code])
        free = y + ROW
    return boxes


def _label(code: str, name: str, people: float | None) -> str:
    counted = f"  {people:,.0f}".replace(",", "\u202f") if people is not None else ""
    return f"{code} {name}{counted}"


def _flow(flow: Flow, before: dict[str, Box], after: dict[str, Box], colour: dict[str, str]) -> str:
    x1, y1 = before[flow.old].x + BOX_WIDTH, before[flow.old].y + BOX_HEIGHT / 2
    x2, y2 = after[flow.new].x, after[flow.new].y + BOX_HEIGHT / 2
    middle = (x1 + x2) / 2
    line = (
        f'<path d="M{x1} {y1:.1f} C{middle} {y1:.1f} {middle} {y2:.1f} {x2} {y2:.1f}" fill="none"'
        f' stroke="{colour[flow.last]}" stroke-width="3"/>'
    )
    if flow.weight is None or flow.weight == 1 or flow.old_people is None:
        return line
    # a part: the people it stands for in the figures of the left column, and their share
    text = f"\u2248 {flow.weight * flow.old_people:,.0f} ({flow.weight:.0%})".replace(",", "\u202f")
    half_way = (y1 + y2) / 2
    return line + _text(middle - 30, half_way + (12 if y2 > y1 else -4), text, "flow")


def _box(box: Box) -> str:
    return (
        f'<rect x="{box.x}" y="{box.y:.1f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"'
        ' fill="#f5f3ee" stroke="#666"/>' + _text(box.x + 8, box.y + 17, box.text, "box")
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
