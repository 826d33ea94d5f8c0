"""Values and status symbols of the cells of a reply, checked against the number of its cells."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from common.text import shown
from sources.jsonstat.cube import fault

# Far above any publisher's limit (StatBank: 800 000): a few hundred codes in each of a few
# dimensions and a sparse value must not make us reserve the memory of the whole cube.
MAX_CELLS = 50_000_000


def values(
    given: list[float | None] | dict[str, float | None] | None, cells: int
) -> pa.DoubleArray:
    """One double a cell, null if missing; none at all if the reply holds no values."""
    if not given and not isinstance(given, dict):
        return pa.array([], pa.float64())
    if isinstance(given, dict):
        doubles = pa.array(list(given.values()), pa.float64())
        return doubles.take(_spread(given, _bounded(cells), "The values"))
    if len(given) != cells:
        raise fault("The data set", f"{cells} values, the product of its sizes", str(len(given)))
    return pa.array(given, pa.float64())


def status(
    given: str | list[str | None] | dict[str, str | None] | None, cells: int
) -> "pa.DictionaryArray[Any, Any]":
    """One symbol a cell, null if none; given as one for all, a list, or an object by cell."""
    if isinstance(given, dict):
        return _symbols(given.values()).take(_spread(given, cells, "The status"))
    symbols = [given] if isinstance(given, str) or given is None else given
    if len(symbols) == 1:
        return _symbols(symbols).take(pa.array(np.zeros(cells, np.int32), pa.int32()))
    if len(symbols) != cells:
        raise fault("The status", f"one symbol for all or {cells}, one a cell", str(len(symbols)))
    return _symbols(symbols)


def _symbols(given: Iterable[str | None]) -> "pa.DictionaryArray[Any, Any]":
    return pa.array(list(given), pa.string()).dictionary_encode()


def _spread(by_cell: Mapping[str, object], cells: int, where: str) -> "pa.Int32Array":
    """For each cell the place of its entry in an object keyed by cell number, or null."""
    numbers = _cell_numbers(list(by_cell), cells, where)
    places = np.full(cells, -1, np.int32)
    places[numbers] = np.arange(len(numbers), dtype=np.int32)
    return pa.array(places, pa.int32(), mask=places < 0)


def _cell_numbers(keys: list[str], cells: int, where: str) -> npt.NDArray[np.int64]:
    """Keys such as "0" and "17" as numbers, each written plainly and within the cells."""
    texts = pa.array(keys, pa.string())
    try:
        numbers = pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        numbers = None
    if numbers is None or not pc.cast(numbers, pa.string()).equals(texts):
        odd = next(key for key in keys if not re.fullmatch("0|[1-9][0-9]{0,17}", key))
        raise fault(where, "plain cell numbers as keys", shown(odd))
    found = numbers.to_numpy(zero_copy_only=False)
    outside = found[(found < 0) | (found >= cells)]
    if len(outside):
        raise fault(where, f"cell numbers below {cells}", str(outside[0]))
    return found


def _bounded(cells: int) -> int:
    """The number of cells, refused beyond what any reply could mean."""
    if cells > MAX_CELLS:
        raise fault("The data set", f"at most {MAX_CELLS} cells", str(cells))
    return cells
