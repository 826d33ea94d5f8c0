"""The shape of each municipality of today, for maps: nothing is measured on it.

Boundaries are Kartverket's of one year (`boundaries/README.md`), in a transverse Mercator
projection on a sphere, about the meridian that UTM zone 33 has. A municipality that has become one
since is drawn of those it was made of, without the lines between them.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb

from warehouse import boundaries

BOUNDARIES = Path(__file__).parent / "boundaries" / "municipalities_2024.topojson"
YEAR = 2024
ATTRIBUTION = "© Kartverket, CC BY 4.0"
_MERIDIAN, _EARTH_METRES, _METRES_A_UNIT = 15.0, 6_371_000.0, 250.0
_EDGE = 40.0

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Land:
    """The shape of each municipality as an SVG path, and the box and middle of each.

    One unit is 250 metres; y goes down from the north. `merged` are drawn of several.
    """

    paths: Mapping[str, str]
    boxes: Mapping[str, Box]
    middles: Mapping[str, Point]
    size: Point
    merged: tuple[str, ...] = ()

    def box_of(self, codes: Iterable[str]) -> Box:
        """The box around those of some municipalities that are drawn, else of all, with an edge."""
        boxes = [self.boxes[code] for code in codes if code in self.boxes] or self.boxes.values()
        west, north = (min(box[side] for box in boxes) for side in (0, 1))
        east, south = (max(box[side] for box in boxes) for side in (2, 3))
        return west - _EDGE, north - _EDGE, east + _EDGE, south + _EDGE


def land_of_today(con: duckdb.DuckDBPyConnection) -> Land:
    """The municipalities of today, but for those that have a part of one divided since `YEAR`."""
    return land(boundaries.made_of_whole(con, YEAR))


def land(made_of: Mapping[str, Sequence[str]]) -> Land:
    """The boundaries that come with the package, projected.

    `made_of`: for each municipality of today those of `YEAR` that are whole in it and make it up.
    """
    topology = json.loads(BOUNDARIES.read_text(encoding="utf-8"))
    arcs = [_projected(arc, topology["transform"]) for arc in topology["arcs"]]
    west, north = (min(p[side] for arc in arcs for p in arc) for side in (0, 1))
    arcs = [[(round(x - west), round(y - north)) for x, y in arc] for arc in arcs]
    size = tuple(float(max(p[side] for arc in arcs for p in arc)) for side in (0, 1))
    shapes = {
        shape["id"]: _rings(shape) for shape in topology["objects"]["municipalities"]["geometries"]
    }
    rings = {
        code: [
            _ring(arcs, ring)
            for ring in _united([ring for part in parts for ring in shapes[part]], arcs)
        ]
        for code, parts in made_of.items()
    }
    return Land(
        paths={code: "".join(_path(ring) for ring in own) for code, own in rings.items()},
        boxes={code: _box(p for ring in own for p in ring) for code, own in rings.items()},
        middles={code: _middle(max(own, key=_area)) for code, own in rings.items()},
        size=(size[0], size[1]),
        merged=tuple(code for code, parts in made_of.items() if len(parts) > 1),
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


def _united(rings: Sequence[Sequence[int]], arcs: Sequence[Sequence[Point]]) -> list[list[int]]:
    """Rings, as numbers of arcs, without the arcs along which two of them meet."""
    every = {number for ring in rings for number in ring}
    united = [list(ring) for ring in rings if not any(~number in every for number in ring)]
    begins: dict[Point, list[int]] = defaultdict(list)
    for ring in rings:
        if any(~number in every for number in ring):
            for number in ring:
                if ~number not in every:
                    begins[_ends(arcs, number)[0]].append(number)
    while begins:
        start = at = next(iter(begins))
        joined: list[int] = []
        while at != start or not joined:
            joined.append(begins[at].pop())
            if not begins[at]:
                del begins[at]
            at = _ends(arcs, joined[-1])[1]
        united.append(joined)
    return united


def _ends(arcs: Sequence[Sequence[Point]], number: int) -> tuple[Point, Point]:
    """Where an arc begins and ends; a negative number is one the other way round."""
    arc = arcs[number] if number >= 0 else arcs[~number]
    return (arc[0], arc[-1]) if number >= 0 else (arc[-1], arc[0])


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
