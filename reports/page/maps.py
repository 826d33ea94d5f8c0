"""Maps of municipalities: who is in which network, who is chosen, and how an indicator lies.

Boundaries are Kartverket's (`boundaries/README.md`), drawn in a transverse Mercator projection on a
sphere, about the meridian that UTM zone 33 has; nothing is measured on them.
"""

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reports.page import svg

BOUNDARIES = Path(__file__).parent / "boundaries" / "municipalities_2024.topojson"
ATTRIBUTION = "© Kartverket, CC BY 4.0"
_MERIDIAN, _EARTH_METRES, _METRES_A_UNIT = 15.0, 6_371_000.0, 250.0
_EDGE = 40.0
_MARK = 11.0
_STRIPE = 5.0  # from one stripe to the next, in the units of the picture

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Land:
    """The shape of each municipality as an SVG path, and the box and middle of each.

    One unit is 250 metres; y goes down from the north.
    """

    paths: Mapping[str, str]
    boxes: Mapping[str, Box]
    middles: Mapping[str, Point]
    size: Point

    def box_of(self, codes: Iterable[str]) -> Box:
        """The box around some municipalities, with an edge."""
        boxes = [self.boxes[code] for code in codes if code in self.boxes]
        west, north = (min(box[side] for box in boxes) for side in (0, 1))
        east, south = (max(box[side] for box in boxes) for side in (2, 3))
        return west - _EDGE, north - _EDGE, east + _EDGE, south + _EDGE


@cache
def land() -> Land:
    """The boundaries that come with the package, projected."""
    topology = json.loads(BOUNDARIES.read_text(encoding="utf-8"))
    arcs = [_projected(arc, topology["transform"]) for arc in topology["arcs"]]
    west, north = (min(p[side] for arc in arcs for p in arc) for side in (0, 1))
    arcs = [[(round(x - west), round(y - north)) for x, y in arc] for arc in arcs]
    size = tuple(float(max(p[side] for arc in arcs for p in arc)) for side in (0, 1))
    rings = {
        shape["id"]: [_ring(arcs, ring) for ring in _rings(shape)]
        for shape in topology["objects"]["municipalities"]["geometries"]
    }
    return Land(
        paths={code: "".join(_path(ring) for ring in own) for code, own in rings.items()},
        boxes={code: _box(p for ring in own for p in ring) for code, own in rings.items()},
        middles={code: _middle(max(own, key=_area)) for code, own in rings.items()},
        size=(size[0], size[1]),
    )


def _projected(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> list[Point]:
    (step_x, step_y), (west, south) = transform["scale"], transform["translate"]
    steps = accumulate(arc, lambda at, step: [at[0] + step[0], at[1] + step[1]])
    return [_transverse_mercator(west + x * step_x, south + y * step_y) for x, y in steps]


def _transverse_mercator(longitude: float, latitude: float) -> Point:
    """Snyder (1987), Map Projections: A Working Manual, equations 8-1 and 8-3; y down."""
    away, up = math.radians(longitude - _MERIDIAN), math.radians(latitude)
    b = math.cos(up) * math.sin(away)
    scale = _EARTH_METRES / _METRES_A_UNIT
    return scale * math.atanh(b), -scale * math.atan2(math.tan(up), math.cos(away))


def _rings(shape: Mapping[str, Any]) -> list[list[int]]:
    if shape["type"] == "Polygon":
        return list(shape["arcs"])
    return [ring for polygon in shape["arcs"] for ring in polygon]


def _ring(arcs: Sequence[Sequence[Point]], numbers: Iterable[int]) -> list[Point]:
    """The points of a ring; a negative number is an arc the other way round (TopoJSON 1.0)."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else list(reversed(arcs[~number]))
        points += [point for point in arc if not points or point != points[-1]]
    return points


def _path(ring: Sequence[Point]) -> str:
    start, *rest = ring
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(ring, rest, strict=False)]
    return f"M{start[0]:.0f},{start[1]:.0f}l" + " ".join(f"{x:.0f},{y:.0f}" for x, y in steps) + "z"


def _box(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _twice_area(ring: Sequence[Point]) -> list[float]:
    return [a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(_twice_area(ring)))


def _middle(ring: Sequence[Point]) -> Point:
    """The centroid of a ring, or of its box where it has no area."""
    pieces = _twice_area(ring)
    if not (total := sum(pieces)):
        west, north, east, south = _box(ring)
        return (west + east) / 2, (north + south) / 2
    both = list(zip(ring, [*ring[1:], ring[0]], pieces, strict=True))
    return (
        sum((a[0] + b[0]) * piece for a, b, piece in both) / (3 * total),
        sum((a[1] + b[1]) * piece for a, b, piece in both) / (3 * total),
    )


# --- drawing --------------------------------------------------------------------------------------


def shapes(patterns: Iterable[Markup]) -> Markup:
    """Every municipality once, to be used by the maps of a page by its id `m` and code."""
    paths = (svg.element("path", d=path, id=f"m{code}") for code, path in land().paths.items())
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


def window(paint: Paint, box: Box, place: Box) -> Markup:
    """The part of the map inside `box`, drawn at `place` (x, y, width, height) of a picture.

    The shapes are those of `shapes`, called by name: `with_shapes` puts them in.
    """
    west, north, east, south = box
    x, y, width, height = place
    scale = min(width / (east - west), height / (south - north))
    seen = [code for code, own in land().boxes.items() if _meet(own, box)]
    fills = {**paint.fills, **dict.fromkeys(paint.striped, "#ffffff")}
    painted = [_municipality(code, fills.get(code, paint.rest)) for code in seen]
    ringed = [
        _municipality(code, "none", stroke="#000000", stroke_width=2.2 / scale)
        for code in paint.marks
        if code in land().paths
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
    return inside + _marks(paint, box, (x, y), scale)


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


def with_shapes(picture: Markup) -> str:
    """A picture with each shape it calls by name drawn in its place."""
    paths = land().paths
    return re.sub(r'<use href="#m(\d{4})"', lambda m: f'<path d="{paths[m[1]]}"', picture)


def _marks(paint: Paint, box: Box, at: Point, scale: float) -> Markup:
    """Numbers on the marked municipalities that lie in the box, moved apart where they meet."""
    taken: list[Point] = []
    marks = []
    for code, number in paint.marks.items():
        if code not in land().middles:
            continue
        x, y = land().middles[code]
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


def _meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
