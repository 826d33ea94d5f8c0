"""The recorded replies, and the StatBank tables among them.

A recorded table holds what its replies hold: a cell that was never recorded has no figure, and none
is made up.
"""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from tests.upstream.tables import Cells, Codelist, Dimension, Table, Value, Wanted

RECORDED = Path(__file__).parents[2] / "sources" / "recorded"


@dataclass(frozen=True)
class Block:
    """The figures of one recorded reply, by the codes of its dimensions."""

    places: Mapping[str, Mapping[str, int]]
    values: npt.NDArray[np.float64]
    status: Mapping[int, str]


@dataclass(frozen=True)
class FromReplies:
    """The figures that the recorded replies of a table hold."""

    blocks: tuple[Block, ...]

    def cells(self, _table: Table, wanted: Wanted) -> Cells:
        """A cell of no recorded reply has no figure and the symbol `..`, not available."""
        shape = [len(values) for values in wanted.values()]
        found, symbols = np.full(shape, np.nan), np.full(shape, "..", object)
        for block in self.blocks:
            if block.places.keys() == wanted.keys():
                _lay(block, wanted, found, symbols)
        marks = symbols.ravel()
        status = {int(place): marks[place] for place in np.flatnonzero(marks != "")}
        return Cells(found.ravel(), status)


def _lay(
    block: Block, wanted: Wanted, found: npt.NDArray[np.float64], symbols: npt.NDArray[np.object_]
) -> None:
    """Lays a block's figures where they were asked for."""
    there, here = [], []
    for code, values in wanted.items():
        known = [(n, block.places[code].get(value.code)) for n, value in enumerate(values)]
        there.append([n for n, place in known if place is not None])
        here.append([place for _, place in known if place is not None])
    order = [list(block.places).index(code) for code in wanted]
    marks = np.full(block.values.size, "", object)
    marks[list(block.status)] = list(block.status.values())
    found[np.ix_(*there)] = block.values.transpose(order)[np.ix_(*here)]
    symbols[np.ix_(*there)] = marks.reshape(block.values.shape).transpose(order)[np.ix_(*here)]


@cache
def recorded() -> dict[str, Table]:
    """The tables among the recorded replies, by number."""
    entries = [e for e in _index()["replies"] if "/pxwebapi/v2/" in e["address"]]
    bodies = {(e["address"], e["body"]): orjson.loads(_body(e["file"])) for e in entries}
    lists = [body for (address, _), body in bodies.items() if "/codelists/" in address]
    found = {}
    for (address, _), body in bodies.items():
        if "/metadata" in address:
            number = address.split("/tables/")[1].split("/")[0]
            replies = [b for (a, _), b in bodies.items() if f"/tables/{number}/data" in a]
            origin = next(e for e in entries if f"/tables/{number}/data" in e["address"])
            found[number] = _table(number, body, replies, lists, _marks(origin))
    return found


def recorded_replies(part: str) -> list[dict[str, Any]]:
    """The recorded replies of the addresses that hold a text."""
    return [
        orjson.loads(_body(entry["file"]))
        for entry in _index()["replies"]
        if part in entry["address"]
    ]


def recorded_marks(part: str) -> dict[str, str]:
    """Headers that say when and from where the first reply of such an address was recorded."""
    return _marks(next(e for e in _index()["replies"] if part in e["address"]))


def _marks(entry: Mapping[str, str]) -> dict[str, str]:
    return {
        "X-Recorded-As-Of": entry["as_of"],
        "X-Recorded-Provenance": f"{entry['envelope']}; {entry['came_from']}",
    }


@cache
def _index() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((RECORDED / "index.json").read_bytes())
    return found


def _body(name: str) -> bytes:
    return gzip.decompress((RECORDED / name).read_bytes())


def _table(
    number: str,
    metadata: dict[str, Any],
    replies: Sequence[dict[str, Any]],
    lists: Sequence[dict[str, Any]],
    marks: Mapping[str, str],
) -> Table:
    codelists = {found["id"]: _codelist(found) for found in lists}
    return Table(
        number,
        metadata["label"],
        tuple(_dimension(code, metadata["dimension"][code], codelists) for code in metadata["id"]),
        FromReplies(tuple(_block(reply) for reply in replies)),
        metadata.get("updated"),
        notes=tuple(metadata.get("note", ())),
        came_from=marks,
    )


def _dimension(code: str, found: dict[str, Any], lists: Mapping[str, Codelist]) -> Dimension:
    category, extension = found["category"], found["extension"]
    ordered = sorted(category["index"], key=category["index"].get)
    return Dimension(
        code,
        found["label"],
        {name: category["label"][name] for name in ordered},
        elimination=extension["elimination"],
        codelists=tuple(lists[offered["id"]] for offered in extension["codelists"]),
        units=category.get("unit", {}),
    )


def _codelist(found: dict[str, Any]) -> Codelist:
    values = [Value(v["code"], v["label"], tuple(v.get("valueMap", ()))) for v in found["values"]]
    return Codelist(found["id"], found["label"], found["type"], tuple(values))


def _block(reply: dict[str, Any]) -> Block:
    return Block(
        {code: reply["dimension"][code]["category"]["index"] for code in reply["id"]},
        np.array(reply["value"], float).reshape(reply["size"]),
        {int(place): symbol for place, symbol in reply.get("status", {}).items()},
    )
