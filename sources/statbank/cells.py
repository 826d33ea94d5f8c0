"""A reply for a cube: each cell as it came, with what its combination of codes is, told once."""

from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from sources.catalogue import Table
from sources.catalogue.cube import CubeLayout
from sources.frames import SHAPES, Frames, frame
from sources.http import Reply
from sources.jsonstat import Cube
from sources.statbank.selection import CONTENTS, TIME


def read(table: Table, layout: CubeLayout, cube: Cube, reply: Reply) -> Frames:
    """`cube_cell`, a row a cell, and `cube_combination`, a row for each of its combinations."""
    outside = {table.region_dimension, TIME}
    places = {d.code: n for n, d in enumerate(cube.dimensions)}
    others = [d for d in cube.dimensions if d.code not in outside]
    order = [places[table.region_dimension], places[TIME], *(places[d.code] for d in others)]
    shape = cube.shape
    cells = pa.array(np.arange(prod(shape)).reshape(shape).transpose(order).ravel(), pa.int64())
    combinations = prod(len(d.codes) for d in others)
    regions = cube.dimension(table.region_dimension).codes
    periods = cube.dimension(TIME).codes
    rows = len(cells)
    numbers = np.tile(np.arange(combinations, dtype=np.int32), len(regions) * len(periods))
    columns: dict[str, pa.Array[Any]] = {
        "reported_code": pa.array(np.repeat(regions, rows // len(regions)), pa.string()),
        "period": pa.array(np.tile(np.repeat(periods, combinations), len(regions)), pa.string()),
        "combination": pa.array(numbers),
        "value": cube.values.take(cells),
        "status": cube.status.take(cells).cast(pa.string()),
        "reply_id": pa.repeat(pa.scalar(reply.reply_id), rows),
    }
    return {
        "cube_cell": pa.table(columns, schema=SHAPES["cube_cell"]),
        "cube_combination": frame("cube_combination", _combinations(layout, cube, reply, outside)),
    }


def _combinations(
    layout: CubeLayout, cube: Cube, reply: Reply, outside: set[str]
) -> list[dict[str, Any]]:
    others = [d for d in cube.dimensions if d.code not in outside]
    carried = {code.casefold(): aggregate for code, aggregate in layout.contents.items()}
    found = []
    for number, places in enumerate(np.ndindex(*(len(d.codes) for d in others))):
        at = {d.code: place for d, place in zip(others, places, strict=True)}
        contents = cube.dimension(CONTENTS)
        code = contents.codes[at[CONTENTS]]
        unit = contents.units.get(code)
        groups = [d for d in others if d.code != CONTENTS]
        found.append(
            {
                "combination": number,
                "contents": code,
                "contents_label": contents.labels[at[CONTENTS]],
                "codes": {d.code: d.codes[at[d.code]] for d in groups},
                "labels": {d.code: d.labels[at[d.code]] for d in groups},
                "unit": unit.base if unit else None,
                "aggregation": carried.get(code.casefold(), "none"),
                "reply_id": reply.reply_id,
            }
        )
    return found
