"""A reply of StatBank as tidy rows: every figure asked for, in the publisher's own codes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from common.errors import InputError, UpstreamError
from sources.catalogue import Catalogue, Indicator, Origin, Table
from sources.frames import COUNTRY, SHAPES, Frames, frame
from sources.http import Reply
from sources.jsonstat import Cube, Dimension
from sources.statbank import api, cells
from sources.statbank.selection import CONTENTS, LABEL, TIME, code_labelled, in_codes, select

Cells = npt.NDArray[np.float64]


def read(catalogue: Catalogue, table: Table, reply: Reply, _resolve: object = None) -> Frames:
    """A data reply as `observation`: one row for each indicator, region and period.

    A code list becomes `codelist_value`: which codes it adds up; a table of context
    `context_observation` and a cube `cube_cell`, one row a cell.

    Several codes of a dimension become one figure; if one of them is missing it is missing. An
    indicator whose codes are not in the reply is left out: an older reply answers older questions.
    Raises UpstreamError for a reply that is not what it says, or answers another question.
    """
    if "/codelists/" in reply.request.url:
        return {"codelist_value": frame("codelist_value", _value_map(reply))}
    cube = api.cube(reply)
    _require_what_was_asked(cube, reply)
    if table.holds == "context_observation":
        return {"context_observation": frame("context_observation", _context(cube, reply))}
    if table.cube:
        return cells.read(table, table.cube, cube, reply)
    dimensions = {dimension.code for dimension in cube.dimensions}
    fixed = {table.region_dimension, CONTENTS, TIME}
    parts = [
        _observations(indicator, origin, table, cube, reply)
        for indicator, origin in catalogue.indicators_of(table.id)
        if set(origin.select) == dimensions - fixed and _is_answered(origin, cube)
    ]
    return {"observation": pa.concat_tables(parts)} if parts else {}


def _context(cube: Cube, reply: Reply) -> Iterator[dict[str, Any]]:
    """Every cell, with the labels of all its dimensions but contents and time."""
    groups = [d for d in cube.dimensions if d.code not in {CONTENTS, TIME}]
    units = cube.dimension(CONTENTS).units
    for row in cube.table().to_pylist():
        unit = units.get(row[CONTENTS])
        yield {
            "subject": row[f"{CONTENTS}_label"],
            "breakdown": {d.label: row[f"{d.code}_label"] for d in groups},
            "period": row[TIME],
            "value": row["value"],
            "status": row["status"],
            "unit": unit.base if unit else None,
            "reply_id": reply.reply_id,
        }


def _contents(origin: Origin, cube: Cube) -> str | None:
    """The code of an origin's contents in a reply; None if it came in another one."""
    contents, wanted = cube.dimension(CONTENTS), origin.contents or ""
    if not wanted.startswith(LABEL):
        return wanted if wanted in contents.codes else None
    try:
        return code_labelled(wanted.removeprefix(LABEL).strip(), contents)
    except InputError:
        return None


def _is_answered(origin: Origin, cube: Cube) -> bool:
    """Whether a reply has the contents and the codes that an origin asks for."""
    try:
        for code in origin.select:
            _places(cube.dimension(code), origin, ())
    except InputError:
        return False
    return _contents(origin, cube) is not None


def _require_what_was_asked(cube: Cube, reply: Reply) -> None:
    """Refuses a reply with other codes than were asked for: its sums would be other sums."""
    selection = (reply.request.json or {}).get("selection", ())
    asked = {item["variableCode"]: set(item["valueCodes"]) for item in selection}
    came = {dimension.code: set(dimension.codes) for dimension in cube.dimensions}
    for dimension in sorted(asked.keys() | came.keys()):
        wanted, given = asked.get(dimension, set()), came.get(dimension, set())
        if wanted != given:
            raise UpstreamError(
                f"{reply.request.address}: dimension {dimension} was asked for {len(wanted)} codes"
                f" and came with {len(given)}; they differ in"
                f" {', '.join(sorted(wanted ^ given)[:5])}."
            )


def _value_map(reply: Reply) -> list[dict[str, str]]:
    """One row for each code that a code of the list adds."""
    codelist_id = reply.part(str, "id")

    def pairs(value: dict[str, Any]) -> list[tuple[str, str]]:
        return [(str(value["code"]), str(added)) for added in value.get("valueMap") or ()]

    return [
        {
            "codelist": codelist_id,
            "code": code,
            "source_code": source_code,
            "reply_id": reply.reply_id,
        }
        for found in reply.entries(pairs, "values")
        for code, source_code in found
    ]


def _observations(
    indicator: Indicator, origin: Origin, table: Table, cube: Cube, reply: Reply
) -> pa.Table:
    kept = [d for d in cube.dimensions if d.code in {table.region_dimension, TIME}]
    regions = [d.codes for d in kept if d.code != TIME] or [(COUNTRY,)]
    periods = cube.dimension(TIME).codes
    values, status = _combined(cube, origin, [d.code for d in kept])
    unit = cube.dimension(CONTENTS).units.get(_contents(origin, cube) or "")
    rows = len(values)
    columns: dict[str, pa.Array[Any]] = {
        "indicator_id": pa.repeat(pa.scalar(indicator.id), rows),
        "reported_code": pa.array(np.repeat(regions[0], len(periods)), pa.string()),
        "period": pa.array(np.tile(periods, len(regions[0])), pa.string()),
        "value": pa.array(values, pa.float64(), from_pandas=True),
        "status": pa.array(status, pa.string()),
        "unit": pa.repeat(pa.scalar((unit.base if unit else None) or indicator.unit), rows),
        "reply_id": pa.repeat(pa.scalar(reply.reply_id), rows),
    }
    return pa.table(columns, schema=SHAPES["observation"])


def _combined(
    cube: Cube, origin: Origin, kept: Sequence[str]
) -> tuple[npt.NDArray[np.float64], Sequence[str | None]]:
    """A value and a status symbol for each region and period, regions outermost.

    Cells of the other dimensions are made into one; NaN, which stands for missing here, makes it
    missing. Of several symbols that of a missing cell is kept, since it says why the sum is
    missing, and else the one that came last among the reply's symbols.
    """
    places = [_places(dimension, origin, kept) for dimension in cube.dimensions]
    others = tuple(i for i, d in enumerate(cube.dimensions) if d.code not in kept)
    chosen = np.ix_(*places)
    cells = cube.values.to_numpy(zero_copy_only=False).reshape(cube.shape)[chosen]
    symbols = cube.status.dictionary.to_pylist()
    marks = cube.status.indices.fill_null(-1).to_numpy(zero_copy_only=False).reshape(cube.shape)
    weighed = np.where(np.isnan(cells) & (marks[chosen] >= 0), len(symbols), 0) + marks[chosen]
    values, last = _COMBINED[origin.combine](cells, others), weighed.max(axis=others)
    if len(kept) > 1 and kept[0] == TIME:
        values, last = values.T, last.T
    return values.ravel(), [
        symbols[mark % len(symbols)] if mark >= 0 else None for mark in last.ravel()
    ]


def _sum(cells: Cells, over: tuple[int, ...]) -> Cells:
    return np.asarray(cells.sum(axis=over))


def _diversity(cells: Cells, over: tuple[int, ...]) -> Cells:
    """One less the Herfindahl index: 0 where one cell has all. Where all are 0 there is none.

    Gini-Simpson (Simpson 1949, Nature 163:688); Hirschman 1964 tells how the index got its name.
    """
    total = cells.sum(axis=over, keepdims=True)
    shares = np.divide(cells, total, out=np.full_like(cells, np.nan), where=total != 0)
    return np.asarray(1 - (shares**2).sum(axis=over))


_COMBINED = {"sum": _sum, "diversity": _diversity}


def _places(dimension: Dimension, origin: Origin, kept: Sequence[str]) -> list[int]:
    """The places of the codes wanted in a dimension."""
    if dimension.code in kept:
        return list(range(len(dimension.codes)))
    wanted = (
        [origin.contents or ""] if dimension.code == CONTENTS else origin.select[dimension.code]
    )
    chosen = set(select(in_codes(wanted, dimension), dimension.codes))
    return [place for place, code in enumerate(dimension.codes) if code in chosen]
