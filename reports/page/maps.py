"""Maps of municipalities: who is in which network, who is chosen, and how an indicator lies."""

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from reports.page import svg
from reports.page.land import YEAR, Box, Land, Point
from reports.page.wording import Wording

_MARK = 11.0
_STRIPE = 5.0  # from one stripe to the next, in the units of the picture


def shapes(land: Land, patterns: Iterable[Markup]) -> Markup:
    """Every municipality once, to be used by the maps of a page by its id `m` and code."""
    paths = (svg.element("path", d=path, id=f"m{code}") for code, path in land.paths.items())
    return svg.element(
        "svg",
        svg.element("defs", *paths, *patterns),
        width=0, height=0, aria_hidden="true", focusable="false", style="position:absolute",
    )  # fmt: skip


@dataclass(frozen=True)
class Paint:
    """The look of a map: fill or stripes by code, fill of the rest, numbers on the cases in discs
    of a radius."""

    fills: Mapping[str, str]
    marks: Mapping[str, str]
    striped: Mapping[str, str] = field(default_factory=dict)
    rest: str = "#e2e5ec"
    radius: float = _MARK


def window(land: Land, paint: Paint, box: Box, place: Box) -> Markup:
    """The part of the map inside `box`, drawn at `place` (x, y, width, height) of a picture.

    The shapes are those of `shapes`, called by name: `with_shapes` puts them in.
    """
    west, north, east, south = box
    x, y, width, height = place
    scale = min(width / (east - west), height / (south - north))
    seen = [code for code, own in land.boxes.items() if _meet(own, box)]
    fills = {**paint.fills, **dict.fromkeys(paint.striped, "#ffffff")}
    painted = [_municipality(code, fills.get(code, paint.rest)) for code in seen]
    ringed = [
        _municipality(code, "none", stroke="#000000", stroke_width=2.2 / scale)
        for code in paint.marks
        if code in land.paths
    ]
    inside = svg.element(
        "svg",
        svg.group(painted, stroke="#ffffff", stroke_width=0.4 / scale, stroke_linejoin="round"),
        *_stripes(paint.striped, set(seen), box, scale),
        svg.group(ringed),
        x=x, y=y, width=width, height=height,
        viewBox=f"{west:.0f} {north:.0f} {east - west:.0f} {south - north:.0f}",
        preserveAspectRatio="xMinYMin meet", overflow="hidden",
    )  # fmt: skip
    return inside + _marks(land, paint, box, (x, y), scale)


def _stripes(
    striped: Mapping[str, str], seen: set[str], box: Box, scale: float
) -> Iterator[Markup]:
    """Stripes over the municipalities of each colour: lines that a PDF keeps as lines."""
    west, north, east, south = box
    step = round(_STRIPE / scale)
    tall = south - north
    lines = "".join(
        f"M{x:.0f},{south:.0f}l{tall:.0f},{-tall:.0f}"
        for x in range(round(west - tall), round(east), step)
    )
    for colour in dict.fromkeys(striped.values()):
        codes = [code for code, own in striped.items() if own == colour and code in seen]
        if not codes:
            continue
        name = f"clip-{zlib.crc32(repr((codes, box, scale)).encode()):x}"
        inside = (_municipality(code, None) for code in codes)
        yield svg.element("clipPath", *inside, id=name)
        yield svg.element("path", d=lines, stroke=colour, stroke_width=step * 0.42, fill="none",
                          clip_path=f"url(#{name})")  # fmt: skip
        outline = (_municipality(code, "none") for code in codes)
        yield svg.group(outline, stroke=colour, stroke_width=0.7 / scale)


def _municipality(code: str, fill: str | None, **attributes: object) -> Markup:
    return svg.element("use", href=f"#m{code}", fill=fill, **attributes)


def with_shapes(land: Land, picture: Markup) -> str:
    """A picture with each shape it calls by name drawn in its place."""
    return re.sub(r'<use href="#m(\d{4})"', lambda m: f'<path d="{land.paths[m[1]]}"', picture)


def _marks(land: Land, paint: Paint, box: Box, at: Point, scale: float) -> Markup:
    """Numbers on the marked municipalities that lie in the box, moved apart where they meet."""
    taken: list[Point] = []
    marks = []
    for code, number in paint.marks.items():
        if code not in land.middles:
            continue
        x, y = land.middles[code]
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            continue
        spot = at[0] + (x - box[0]) * scale, at[1] + (y - box[1]) * scale
        while any(math.dist(spot, other) < 2 * paint.radius for other in taken):
            spot = spot[0] + paint.radius, spot[1] - paint.radius
        taken.append(spot)
        marks.append(mark(spot, number, paint.radius))
    return svg.group(marks)


def mark(at: Point, number: str, radius: float = _MARK) -> Markup:
    """The number of a case in a dark disc."""
    return svg.element(
        "circle", cx=at[0], cy=at[1], r=radius, fill=svg.INK, stroke="#ffffff", stroke_width=1.5
    ) + svg.text(at[0], at[1] + radius * 0.38, number, fill="#ffffff", text_anchor="middle",
                 font_size=radius * 1.15, font_weight=700)  # fmt: skip


def notes_on(land: Land, names: Mapping[str, str], words: Wording) -> list[str]:
    """Sentences on what is drawn of its parts, and what is not drawn, of the names by code."""
    of_parts = [names[code] for code in land.merged if code in names]
    lacking = [name for code, name in names.items() if code not in land.paths]
    notes = {"geometry_of_parts": of_parts, "geometry_lacks": lacking}
    return [words(key, year=YEAR, names=", ".join(who)) for key, who in notes.items() if who]


def _meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
