"""A JSON-stat 2 data set as rows of text, as if its table had been saved as CSV. By pyjstat."""

import json
import math
from collections.abc import Mapping
from typing import Any

from common.errors import InputError
from common.tabular.numerals import Number
from common.tabular.text import Rows

MAX_CELLS = 1_000_000
_NO_DATA_SET = (
    "this is JSON, but no data set of JSON-stat 2; save the table as CSV or as a workbook (.xlsx)."
)


def read(content: bytes, file: str) -> Rows:
    """A row for each place in the data set, a column for each of its contents.

    Cells have code and label (`0301 Oslo`), those of time the code. A dimension of one category is
    part of the heading. A missing figure is its status symbol, if it has one. Raises InputError for
    JSON that is no such data set, or is larger than what holds figures of municipalities.
    """
    from pyjstat import pyjstat  # noqa: PLC0415 - it imports pandas, and few files need it

    given = _data_set(content, file)
    try:
        _require_numbers(given)
        _require_codes(given)
        frame = pyjstat.Dataset.read(json.dumps(given)).write("dataframe", naming="id")
        return _rows(given, frame.to_dict("records"))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{file}: this JSON-stat data set can't be read: {error!r}.") from error


def _data_set(content: bytes, file: str) -> dict[str, Any]:
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: this begins as JSON and is none: {error}.") from error
    is_one = isinstance(given, dict) and given.get("class") == "dataset"
    if not is_one or not all(isinstance(given.get(name), list) for name in ("id", "size")):
        raise InputError(f"{file}: {_NO_DATA_SET}")
    sizes = [size for size in given["size"] if isinstance(size, int)]
    if math.prod(sizes) > MAX_CELLS:
        raise InputError(f"{file}: more than {MAX_CELLS} cells; take a part of the data set.")
    data_set: dict[str, Any] = given
    return data_set


def _require_numbers(given: Mapping[str, Any]) -> None:
    """Raises ValueError for cells that are not as many as the sizes say, or no numbers."""
    value, cells = given["value"], math.prod(given["size"])
    if isinstance(value, list) and len(value) != cells:
        raise ValueError(f"{len(value)} values, expected {cells}, the product of its sizes")
    for each in value.values() if isinstance(value, dict) else value:
        is_number = isinstance(each, int | float) and not isinstance(each, bool)
        if each is not None and not (is_number and math.isfinite(each)):
            raise ValueError(f"{each!r} is no number")


def _require_codes(given: Mapping[str, Any]) -> None:
    """Gives each dimension an index, which one of a single category may go without.

    Raises ValueError for codes that are not as many as the size says, or have no place each.
    """
    for name, size in zip(given["id"], given["size"], strict=True):
        category = given["dimension"][name]["category"]
        index = category.setdefault("index", list(category.get("label", ())))
        places = sorted(index.values()) if isinstance(index, dict) else list(range(len(index)))
        if len(set(index)) != size or places != list(range(size)):
            raise ValueError(f"dimension {name}: expected {size} codes, each once and with a place")


def _rows(given: Mapping[str, Any], cells: list[dict[str, Any]]) -> Rows:
    roles = given.get("role", {})
    sizes = dict(zip(given["id"], given["size"], strict=True))
    stays = {*roles.get("time", []), *roles.get("geo", [])}
    across = [
        name
        for name in given["id"]
        if name in roles.get("metric", []) or (sizes[name] == 1 and name not in stays)
    ]
    down = [name for name in given["id"] if name not in across]
    labels = {name: given["dimension"][name]["category"].get("label", {}) for name in given["id"]}
    table: dict[tuple[str, ...], dict[str, str]] = {}
    for number, cell in enumerate(cells):
        codes = {name: str(cell[name]) for name in given["id"]}
        place = tuple(
            codes[name] if name in roles.get("time", []) else _named(codes[name], labels[name])
            for name in down
        )
        heading = ", ".join(labels[name].get(codes[name], codes[name]) for name in across)
        table.setdefault(place, {})[heading or "value"] = _text(cell["value"], _sign(given, number))
    headings = list(dict.fromkeys(heading for row in table.values() for heading in row))
    heads = [str(given["dimension"][name].get("label", name)) for name in down]
    below = [[*place, *(row.get(name, "") for name in headings)] for place, row in table.items()]
    return list(enumerate([[*heads, *headings], *below], 1))


def _named(code: str, labels: Mapping[str, str]) -> str:
    label = labels.get(code, code)
    return code if label == code else f"{code} {label}"


def _sign(given: Mapping[str, Any], number: int) -> str:
    status = given.get("status")
    if isinstance(status, dict):
        return str(status.get(str(number), ""))
    if isinstance(status, list):
        return str(status[number] or "")
    return status or ""


def _text(value: float | None, sign: str) -> str:
    if value is None or math.isnan(value):
        return sign
    return Number(int(value) if float(value).is_integer() else repr(float(value)))
