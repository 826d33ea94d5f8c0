"""JSON-stat 2 -> tidy columns: codes and labels, values and the publisher's status symbols.

`read(body)` checks a reply strictly and gives a `Cube`; `Cube.table()` gives one row a cell.

The expansion is our own. pyjstat builds a Python list for every cell, gives codes or labels but
not both, drops the status symbols and cannot read metadata, so it plays no part at run time. It
is the judge in the tests: on every reply kept there that it can read, its frames (by code and by
label) equal ours; `benchmarks/jsonstat.py` measures both. What pyjstat does not check is
checked here:

- as many values as the product of the sizes, as many codes as the size of the dimension says;
- each dimension and each code once; `category.index` a permutation of 0..n-1, and every value
  placed by it, never by the order in which the keys happen to come;
- a number is a JSON number: `"12"`, `true`, `NaN` and `Infinity` are refused;
- a status belongs to a cell that exists.

The values of a dense reply, nearly all of its bytes, do not become Python objects on the way;
how that is kept as strict as the JSON reader is told at `_document`.

Of a key written twice in one object the JSON reader keeps the last. Where that loses a code, the
sizes no longer agree and the reply is refused; a status or a sparse value written twice for one
cell can't be told from one written once.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, Literal, TypeVar, cast, get_args
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from common.errors import UpstreamError
from common.text import shown

Role = Literal["time", "geo", "metric"]

# Far above any publisher's limit (StatBank: 800 000): a few hundred codes in each of a few
# dimensions and a sparse value must not make us reserve the memory of the whole cube.
MAX_CELLS = 50_000_000

# Up to here every whole number is a double; beyond it some are rounded.
EXACT = 2**53

# DuckDB's row group: a table cut at it (nothing is copied) is loaded by all cores, not by one.
ROW_GROUP = 122_880

_Out = TypeVar("_Out")
_Json = dict[str, Any]


class JsonStatError(UpstreamError):
    """A reply is not the JSON-stat data set it should be: what was expected, and what came."""


@dataclass(frozen=True)
class Unit:
    """The unit of one contents code: `base` as the publisher words it, decimals as shown."""

    base: str | None
    decimals: int | None


@dataclass(frozen=True)
class Codelist:
    """A code list offered for a dimension; type is `Aggregation`, `Valueset` or None."""

    id: str
    label: str
    type: str | None


@dataclass(frozen=True)
class Dimension:
    """One dimension: `codes` and `labels` stand in the order in which the values lie.

    `units` and `refperiods` are keyed by contents code, `category_notes` by code. `elimination`
    says, in metadata only, whether the dimension may be left out of a query.
    """

    code: str
    label: str
    role: Role | None
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    units: Mapping[str, Unit]
    notes: tuple[str, ...]
    category_notes: Mapping[str, tuple[str, ...]]
    refperiods: Mapping[str, str]
    elimination: bool | None
    codelists: tuple[Codelist, ...]


@dataclass(frozen=True)
class Cube:
    """One data set. The cells run over the dimensions, the last one fastest.

    `values` (double, null where the publisher gives none) and `status` (the publisher's symbol,
    null where there is none; it may stand on a cell with a value too: a note to that cell) have
    one entry a cell, or none at all in metadata. `updated` is UTC.
    """

    label: str
    source: str | None
    updated: datetime | None
    notes: tuple[str, ...]
    table_id: str | None
    discontinued: bool | None
    official_statistics: bool | None
    dimensions: tuple[Dimension, ...]
    values: pa.DoubleArray = field(repr=False)
    status: "pa.DictionaryArray[Any, Any]" = field(repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of codes in each dimension."""
        return tuple(len(dimension.codes) for dimension in self.dimensions)

    @property
    def is_metadata(self) -> bool:
        """True if the reply describes a table and holds no values."""
        return len(self.values) == 0

    def dimension(self, code: str) -> Dimension:
        """The dimension with this code; JsonStatError if the data set has none."""
        for dimension in self.dimensions:
            if dimension.code == code:
                return dimension
        codes = [dimension.code for dimension in self.dimensions]
        raise _fault("The data set", f"a dimension {code!r}", shown(codes))

    def table(self) -> pa.Table:
        """One row a cell, in the order of the dimensions' codes.

        Columns: `<code>` and `<code>_label` of every dimension (dictionary of string), `value`
        (double, null if missing, never NaN), `status` (dictionary of string, null if none).
        Raises JsonStatError for metadata, and if two columns would get one name.
        """
        if self.is_metadata:
            raise JsonStatError(f"Expected figures, came metadata without any: {self.label!r}.")
        names: list[str] = []
        columns: list[pa.Array[Any]] = []
        outer, inner = 1, len(self.values)
        for dimension in self.dimensions:
            inner //= len(dimension.codes)
            names += [dimension.code, f"{dimension.code}_label"]
            columns += _columns(dimension, outer, inner)
            outer *= len(dimension.codes)
        names += ["value", "status"]
        if repeated := _repeated(name.casefold() for name in names):
            raise _fault("The data set", "a name of its own for each column", f"{repeated!r} twice")
        rows = pa.record_batch([*columns, self.values, self.status], names=names)
        starts = range(0, len(rows), ROW_GROUP)
        return pa.Table.from_batches([rows.slice(start, ROW_GROUP) for start in starts])


def read(body: bytes) -> Cube:
    """A reply's bytes, read and checked: JSON-stat 2, or a JSON-stat 1 bundle of one data set.

    `updated` without a time zone is taken as UTC. Raises JsonStatError.
    """
    document, apart = _document(body)
    value, status = document.pop("value", None), document.pop("status", None)
    dimensions = _dimensions(document)
    cells = math.prod(len(dimension.codes) for dimension in dimensions)
    values = _values(value if apart is None else apart, cells)
    extension = _optional(document, "extension", _object, "The data set", {})
    px = _optional(extension, "px", _object, "The data set's extension", {})
    return Cube(
        label=_optional(document, "label", _text, "The data set", ""),
        source=_optional(document, "source", _text, "The data set", None),
        updated=_optional(document, "updated", _moment, "The data set", None),
        notes=_optional(document, "note", _notes, "The data set", ()),
        table_id=_optional(px, "tableid", _text, "The data set's extension", None),
        discontinued=_optional(extension, "discontinued", _truth, "The data set", None),
        official_statistics=_optional(px, "official-statistics", _truth, "The data set", None),
        dimensions=dimensions,
        values=values,
        status=_status(status, len(values)),
    )


# --- the document -------------------------------------------------------------------------------


def _parsed(body: bytes) -> _Json:
    """The JSON object of a reply."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise JsonStatError(f"Expected JSON, came {shown(bytes(body[:40]))}: {error}.") from error
    return _object(document, "The reply")


def _unbundled(document: _Json) -> _Json:
    """The data set with `id`, `size` and `role` at the top, where JSON-stat 2 has them."""
    if document.get("class") == "dataset":
        if not str(document.get("version")).startswith("2."):
            raise _fault("The data set", "JSON-stat version 2", shown(document.get("version")))
        return document
    if list(document) != ["dataset"]:
        came = document.get("title", document.get("class", list(document)))
        raise _fault("The reply", "one JSON-stat data set", shown(came))
    dataset = dict(_object(document["dataset"], "The data set"))
    dimension = dict(_object(dataset.get("dimension"), "The data set's `dimension`"))
    lifted = {key: dimension.pop(key) for key in ("id", "size", "role") if key in dimension}
    return dataset | lifted | {"dimension": dimension}


# --- values read apart --------------------------------------------------------------------------

_NUMBER = r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|null)"
_NUMBERS = rf"\A{_NUMBER}(?:,{_NUMBER})*\z"
_APART = f"values read apart {uuid4()}"


def _document(body: bytes) -> tuple[_Json, pa.DoubleArray | None]:
    """The data set, and its values if they could be read apart from it (None if not).

    Making, converting and dropping a Python object for each of 800 000 values takes longer than
    parsing them. So the list of values is cut out where the text alone shows that it holds
    JSON numbers and nulls and nothing else, read by Arrow, and a mark no publisher can know is
    left in its place. Unless the mark then turns up as the data set's `value`, and wherever the
    text leaves a doubt, the whole body is parsed: that way has the last word and the errors.
    """
    found = re.search(rb'"value"\s*:\s*\[', body)
    end = body.find(b"]", found.end()) if found else -1
    values = _plain_numbers(body[found.end() : end]) if found and end >= 0 else None
    if found and values is not None:
        rest = body[: found.end() - 1] + f'"{_APART}"'.encode() + body[end + 1 :]
        with suppress(JsonStatError):
            document = _unbundled(_parsed(rest))
            if document.get("value") == _APART:
                return document, values
    return _unbundled(_parsed(body)), None


def _plain_numbers(text: bytes) -> pa.DoubleArray | None:
    """The doubles of a JSON list's inside without blanks; None if it is anything else."""
    if not pc.match_substring_regex(pa.scalar(text, pa.binary()), _NUMBERS).as_py():
        return None
    lines = csv.read_csv(
        cast("IO[bytes]", pa.BufferReader(text.replace(b",", b"\n"))),
        read_options=csv.ReadOptions(column_names=["value"]),
        convert_options=csv.ConvertOptions(
            column_types={"value": pa.float64()}, null_values=["null"]
        ),
    )
    values = cast("pa.DoubleArray", lines["value"].combine_chunks())
    largest = pc.max(pc.abs(values)).as_py() or 0
    return values if largest < EXACT else None


# --- dimensions ---------------------------------------------------------------------------------


def _dimensions(document: _Json) -> tuple[Dimension, ...]:
    """The dimensions in the order of `id`, each with as many codes as `size` says."""
    codes = _list(document.get("id"), _text, "The data set's `id`")
    sizes = _list(document.get("size"), _count, "The data set's `size`")
    described = _object(document.get("dimension"), "The data set's `dimension`")
    if repeated := _repeated(codes):
        raise _fault("The data set's `id`", "each dimension once", f"{repeated!r} twice")
    if len(sizes) != len(codes):
        raise _fault("The data set", f"{len(codes)} sizes, one a dimension", f"{len(sizes)}")
    if not codes or set(described) != set(codes):
        raise _fault(
            "The data set's `dimension`", f"the dimensions {shown(codes)}", shown(list(described))
        )
    roles = _roles(document, codes)
    return tuple(
        _dimension(code, described[code], size, roles.get(code))
        for code, size in zip(codes, sizes, strict=True)
    )


def _roles(document: _Json, dimensions: Sequence[str]) -> dict[str, Role]:
    """The role of each dimension that has one."""
    given = _optional(document, "role", _object, "The data set", {})
    roles: dict[str, Role] = {}
    for role in get_args(Role):
        for code in _list(given.get(role) or [], _text, f"The role {role!r}"):
            if code not in dimensions:
                raise _fault(f"The role {role!r}", f"one of {shown(dimensions)}", repr(code))
            roles[code] = role
    return roles


def _dimension(code: str, given: object, size: int, role: Role | None) -> Dimension:
    """One dimension, read and checked."""
    where = f"Dimension {code!r}"
    described = _object(given, where)
    category = _object(described.get("category"), f"{where}, `category`")
    codes = _codes(category, size, where)
    extension = _optional(described, "extension", _object, where, {})
    return Dimension(
        code=code,
        label=_optional(described, "label", _text, where, code) or code,
        role=role,
        codes=codes,
        labels=_labels(category, codes, where),
        units=_by_code(category, "unit", _unit, where),
        notes=_optional(described, "note", _notes, where, ()),
        category_notes=_by_code(category, "note", _notes, where),
        refperiods=_by_code(extension, "refperiod", _text, where),
        elimination=_optional(extension, "elimination", _truth, where, None),
        codelists=_codelists(extension, where),
    )


def _codes(category: _Json, size: int, where: str) -> tuple[str, ...]:
    """The codes by their place: `index` is an object of places, a list, or left out for one."""
    index = category.get("index")
    if index is None:
        index = list(_object(category.get("label"), f"{where}, `label`"))
        if len(index) != 1:
            raise _fault(where, "an `index`, since it has more or less than one code", shown(index))
    if isinstance(index, dict):
        codes = _by_place(index, where)
    else:
        codes = _list(index, _text, f"{where}, `index`")
        if repeated := _repeated(codes):
            raise _fault(where, "each code once", f"{repeated!r} twice")
    if len(codes) != size:
        raise _fault(where, f"{size} codes, as its size says", str(len(codes)))
    return codes


def _by_place(index: Mapping[str, object], where: str) -> tuple[str, ...]:
    """The codes of an index object in the order of their places, whatever that of its keys."""
    codes: list[str | None] = [None] * len(index)
    for code, place in index.items():
        if type(place) is not int or not 0 <= place < len(codes):
            raise _fault(
                where, f"places 0 to {len(codes) - 1} in `index`", f"{place!r} for {code!r}"
            )
        if codes[place] is not None:
            raise _fault(
                where, "each place once in `index`", f"{place} for {codes[place]!r}, {code!r}"
            )
        codes[place] = code
    return tuple(code for code in codes if code is not None)


def _labels(category: _Json, codes: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The label of each code; the code itself where the data set has no labels at all."""
    if category.get("label") is None:
        return codes
    labels = _object(category["label"], f"{where}, `label`")
    if odd := sorted(set(codes) ^ set(labels)):
        fault = "no label for it" if odd[0] in codes else "a label for no code"
        raise _fault(where, "a label for each code and no other", f"{odd[0]!r}, {fault}")
    return tuple(_text(labels[code], f"{where}, `label`") for code in codes)


def _codelists(extension: _Json, where: str) -> tuple[Codelist, ...]:
    """The code lists offered, under either spelling of the key."""
    given = extension.get("codelists", extension.get("codeLists"))
    return _list(given or [], _codelist, f"{where}, `codelists`")


def _codelist(given: object, where: str) -> Codelist:
    entry = _object(given, where)
    return Codelist(
        id=_text(entry.get("id"), where),
        label=_optional(entry, "label", _text, where, ""),
        type=_optional(entry, "type", _text, where, None),
    )


def _unit(given: object, where: str) -> Unit:
    entry = _object(given, where)
    base = entry.get("base", entry.get("label"))
    return Unit(
        base=None if base is None else _text(base, where),
        decimals=_optional(entry, "decimals", _count, where, None),
    )


# --- values and status --------------------------------------------------------------------------


def _values(given: object, cells: int) -> pa.DoubleArray:
    """One double a cell, null if missing; none at all if the reply holds no values."""
    if given is None or given == []:
        return pa.array([], pa.float64())
    if isinstance(given, dict):
        doubles = _doubles(list(given.values()))
        return doubles.take(_spread(given, _bounded(cells), "The values"))
    if not isinstance(given, list | pa.DoubleArray):
        raise _fault("The values", "a list or an object", shown(given))
    if len(given) != cells:
        raise _fault("The data set", f"{cells} values, the product of its sizes", str(len(given)))
    return _doubles(given) if isinstance(given, list) else given


def _doubles(given: list[Any]) -> pa.DoubleArray:
    """A JSON list of numbers and nulls as doubles. (Arrow alone would take true for 1.)"""
    if bool in set(map(type, given)):
        raise _value_fault(given)
    try:
        return pa.array(given, pa.float64())
    except (pa.ArrowException, OverflowError):
        raise _value_fault(given) from None


def _value_fault(given: list[Any]) -> JsonStatError:
    """The fault of the first value that is not a number a double can hold."""
    odd = next(v for v in given if v is not None and type(v) is not float and not _exact(v))
    return _fault("The values", "numbers a double can hold, and nulls", shown(odd))


def _exact(value: object) -> bool:
    """True for a whole number that a double holds without rounding it."""
    return type(value) is int and abs(value) <= EXACT


def _status(given: object, cells: int) -> "pa.DictionaryArray[Any, Any]":
    """One symbol a cell, null if none; given as one for all, a list, or an object by cell."""
    if isinstance(given, str):
        given = [given]
    if isinstance(given, dict):
        places = _spread(given, cells, "The status")
        return _symbols(list(given.values())).take(places)
    if given is None or (given == [] and cells == 0):
        return pa.DictionaryArray.from_arrays(
            pa.nulls(cells, pa.int32()), pa.array([], pa.string())
        )
    if not isinstance(given, list):
        raise _fault("The status", "a string, a list or an object", shown(given))
    if len(given) == 1 and cells:
        return _symbols(given).take(pa.array(np.zeros(cells, np.int32), pa.int32()))
    if len(given) != cells:
        raise _fault("The status", f"one symbol for all or {cells}, one a cell", str(len(given)))
    return _symbols(given)


def _symbols(given: list[Any]) -> "pa.DictionaryArray[Any, Any]":
    try:
        symbols = pa.array(given, pa.string())
    except pa.ArrowException:
        odd = next((s for s in given if s is not None and not isinstance(s, str)), None)
        raise _fault("The status", "strings as symbols", shown(odd)) from None
    return symbols.dictionary_encode()


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
        raise _fault(where, "plain cell numbers as keys", shown(odd))
    found = numbers.to_numpy(zero_copy_only=False)
    outside = found[(found < 0) | (found >= cells)]
    if len(outside):
        raise _fault(where, f"cell numbers below {cells}", str(outside[0]))
    return found


def _bounded(cells: int) -> int:
    """The number of cells, refused beyond what any reply could mean."""
    if cells > MAX_CELLS:
        raise _fault("The data set", f"at most {MAX_CELLS} cells", str(cells))
    return cells


# --- columns ------------------------------------------------------------------------------------


def _columns(
    dimension: Dimension, outer: int, inner: int
) -> "tuple[pa.DictionaryArray[Any, Any], pa.DictionaryArray[Any, Any]]":
    """The code and the label of each cell: each category `inner` times, all that `outer` times.

    Both share one index; only where two codes have one label, the labels get an index of their
    own, since a dictionary with a word in it twice would make two groups of one label.
    """
    size = len(dimension.codes)
    index = np.tile(np.repeat(np.arange(size, dtype=np.int32), inner), outer)
    words = tuple(dict.fromkeys(dimension.labels))
    label_index = index
    if len(words) < size:
        place = {word: number for number, word in enumerate(words)}
        label_index = np.array([place[w] for w in dimension.labels], index.dtype)[index]
    return _dictionary(index, dimension.codes), _dictionary(label_index, words)


def _dictionary(index: npt.NDArray[Any], words: tuple[str, ...]) -> "pa.DictionaryArray[Any, Any]":
    """An Arrow dictionary column over an index that is known to be within its words."""
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(words, pa.string()), safe=False)


# --- one JSON value -----------------------------------------------------------------------------


def _fault(where: str, expected: str, came: str) -> JsonStatError:
    """The one sentence every fault is told in."""
    return JsonStatError(f"{where}: expected {expected}, came {came}.")


def _repeated(words: Iterable[str]) -> str | None:
    """The first word that comes a second time."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None


def _optional(
    given: _Json, key: str, reader: Callable[[object, str], _Out], where: str, default: Any
) -> Any:
    """The value of a key read by `reader`; the default if it is absent or null."""
    value = given.get(key)
    return default if value is None else reader(value, f"{where}, `{key}`")


def _by_code(
    given: _Json, key: str, reader: Callable[[object, str], _Out], where: str
) -> dict[str, _Out]:
    """An object keyed by code, each of its values read by `reader`."""
    entries = _optional(given, key, _object, where, {})
    return {code: reader(entry, f"{where}, `{key}` of {code!r}") for code, entry in entries.items()}


def _list(given: object, reader: Callable[[object, str], _Out], where: str) -> tuple[_Out, ...]:
    if not isinstance(given, list):
        raise _fault(where, "a list", shown(given))
    return tuple(reader(item, where) for item in given)


def _object(given: object, where: str) -> _Json:
    if not isinstance(given, dict):
        raise _fault(where, "an object", shown(given))
    return given


def _text(given: object, where: str) -> str:
    if not isinstance(given, str):
        raise _fault(where, "a string", shown(given))
    return given


def _truth(given: object, where: str) -> bool:
    if not isinstance(given, bool):
        raise _fault(where, "true or false", shown(given))
    return given


def _count(given: object, where: str) -> int:
    if type(given) is not int or given < 0:
        raise _fault(where, "a whole number, 0 or more", shown(given))
    return given


def _notes(given: object, where: str) -> tuple[str, ...]:
    """Notes are a list of strings; one alone may stand without its list."""
    return (given,) if isinstance(given, str) else _list(given, _text, where)


def _moment(given: object, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(given, where))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _fault(where, "a date or time such as 2024-01-10T07:00:00Z", shown(given)) from None
