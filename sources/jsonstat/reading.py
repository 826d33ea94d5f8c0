"""The types that say what a JSON-stat reply may hold, and the checks that no type can say."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar, get_args

import msgspec
from msgspec import Meta, Raw, Struct

from common.text import shown
from sources.jsonstat import cells
from sources.jsonstat.cube import (
    Codelist,
    Cube,
    Dimension,
    JsonStatError,
    Role,
    Unit,
    fault,
    repeated_word,
)

# Up to here every whole number is a double; beyond it some are rounded.
EXACT = 2**53

_Shape = TypeVar("_Shape")

# --- what a reply holds --------------------------------------------------------------------------

_Count = Annotated[int, Meta(ge=0)]
_Number = Annotated[int, Meta(ge=-EXACT, le=EXACT)] | float
_Notes = str | list[str]


class _Unit(Struct):
    base: str | None = None
    label: str | None = None
    decimals: _Count | None = None


class _Category(Struct):
    index: dict[str, int] | list[str] | None = None
    label: dict[str, str] | None = None
    unit: dict[str, _Unit] | None = None
    note: dict[str, _Notes] | None = None


class _DimensionExtension(Struct, rename={"total": "eliminationValueCode"}):
    elimination: bool | None = None
    total: str | None = None
    measuringType: dict[str, str] | None = None  # noqa: N815 - the publisher's key
    refperiod: dict[str, str] | None = None
    codelists: list[Codelist] | None = None
    codeLists: list[Codelist] | None = None  # noqa: N815 - the other spelling of the key


class _Described(Struct):
    category: _Category
    label: str | None = None
    note: _Notes | None = None
    extension: _DimensionExtension | None = None


class _Roles(Struct):
    time: list[str] | None = None
    geo: list[str] | None = None
    metric: list[str] | None = None


class _Px(Struct, rename="kebab"):
    tableid: str | None = None
    official_statistics: bool | None = None


class _Extension(Struct):
    px: _Px | None = None
    discontinued: bool | None = None
    noteMandatory: dict[str, bool] | None = None  # noqa: N815 - the publisher's key


class _DataSet(Struct, rename={"kind": "class"}):
    """Every key may be missing: what has no class is no data set, and is told by what it is."""

    kind: str | None = None
    version: str | None = None
    label: str | None = None
    source: str | None = None
    updated: str | None = None
    note: _Notes | None = None
    role: _Roles | None = None
    id: list[str] = []
    size: list[_Count] = []
    dimension: dict[str, Raw] = {}
    value: list[_Number | None] | dict[str, _Number | None] | None = None
    status: str | list[str | None] | dict[str, str | None] | None = None
    extension: _Extension | None = None


_READER = msgspec.json.Decoder(_DataSet)
_DIMENSION_READER = msgspec.json.Decoder(_Described)
_NOT_READ = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read(body: bytes) -> Cube:
    """A reply's bytes, read and checked: JSON-stat 2, or a JSON-stat 1 bundle of one data set.

    `updated` without a time zone is taken as UTC. Raises JsonStatError.
    """
    given = _data_set(body)
    dimensions = _dimensions(given)
    values = cells.values(given.value, math.prod(len(dimension.codes) for dimension in dimensions))
    extension = given.extension or _Extension()
    px = extension.px or _Px()
    return Cube(
        label=given.label or "",
        source=given.source,
        updated=None if given.updated is None else _moment(given.updated),
        notes=_notes(given.note),
        table_id=px.tableid,
        discontinued=extension.discontinued,
        official_statistics=px.official_statistics,
        dimensions=dimensions,
        values=values,
        status=cells.status(given.status, len(values)),
        mandatory=_mandatory(given, extension),
    )


class _State(Struct):
    updated: str | None = None
    extension: _Extension | None = None


_STATE_READER = msgspec.json.Decoder(_State)


def state(body: bytes) -> tuple[datetime | None, bool]:
    """When a data set was last changed, and whether its table is discontinued; no figure is read.

    Of a reply that can't be read nothing is known: whoever reads its figures says so.
    """
    try:
        given = _STATE_READER.decode(body)
        updated = None if given.updated is None else _moment(given.updated)
    except (*_NOT_READ, JsonStatError):
        return None, False
    return updated, bool(given.extension and given.extension.discontinued)


def _data_set(body: bytes) -> _DataSet:
    """The one data set of a reply."""
    try:
        given = _READER.decode(body)
    except _NOT_READ as error:
        return _unbundled(body, error)
    if given.kind != "dataset":
        return _unbundled(body)
    if not (given.version or "").startswith("2."):
        raise fault("The data set", "JSON-stat version 2", shown(given.version))
    return given


def _unbundled(body: bytes, error: Exception | None = None) -> _DataSet:
    """The data set of a JSON-stat 1 bundle, with `id`, `size` and `role` as in JSON-stat 2.

    Raises JsonStatError for any other reply, and for the `error` that the reader met.
    """
    try:
        document = msgspec.json.decode(body)
    except _NOT_READ as odd:
        why = "nested too deeply" if isinstance(odd, RecursionError) else odd
        raise JsonStatError(f"Expected JSON, came {shown(bytes(body[:40]))}: {why}.") from error
    if not isinstance(document, dict):
        raise fault("The reply", "an object", shown(document))
    if error and document.get("class") == "dataset":
        raise _misfit("The data set", error) from error
    if list(document) != ["dataset"]:
        came = document.get("title", document.get("class", list(document)))
        raise fault("The reply", "one JSON-stat data set", shown(came)) from error
    bundled = document["dataset"]
    dimension = bundled.get("dimension") if isinstance(bundled, dict) else None
    if not isinstance(dimension, dict):
        raise fault("The data set's `dimension`", "an object", shown(dimension))
    lifted = {key: dimension.pop(key) for key in ("id", "size", "role") if key in dimension}
    return _decoded(_READER, msgspec.json.encode(bundled | lifted), "The data set")


def _decoded(reader: "msgspec.json.Decoder[_Shape]", text: bytes | Raw, where: str) -> _Shape:
    """JSON, known to be well written, in its declared shape."""
    try:
        return reader.decode(text)
    except _NOT_READ as error:
        raise _misfit(where, error) from error


# --- dimensions ---------------------------------------------------------------------------------


def _dimensions(given: _DataSet) -> tuple[Dimension, ...]:
    """The dimensions in the order of `id`, each with as many codes as `size` says."""
    if repeated := repeated_word(given.id):
        raise fault("The data set's `id`", "each dimension once", f"{repeated!r} twice")
    if len(given.size) != len(given.id):
        came = str(len(given.size))
        raise fault("The data set", f"{len(given.id)} sizes, one a dimension", came)
    if not given.id or set(given.dimension) != set(given.id):
        expected = f"the dimensions {shown(tuple(given.id))}"
        raise fault("The data set's `dimension`", expected, shown(list(given.dimension)))
    roles = _roles(given)
    return tuple(
        _dimension(code, given.dimension[code], size, roles.get(code))
        for code, size in zip(given.id, given.size, strict=True)
    )


def _roles(given: _DataSet) -> dict[str, Role]:
    """The role of each dimension that has one."""
    roles: dict[str, Role] = {}
    for role in get_args(Role):
        for code in getattr(given.role, role, None) or ():
            if code not in given.id:
                raise fault(f"The role {role!r}", f"one of {shown(tuple(given.id))}", repr(code))
            roles[code] = role
    return roles


def _dimension(code: str, text: Raw, size: int, role: Role | None) -> Dimension:
    """One dimension, read and checked."""
    where = f"Dimension {code!r}"
    given = _decoded(_DIMENSION_READER, text, where)
    extension = given.extension or _DimensionExtension()
    codes = _codes(given.category, size, where)
    offered = extension.codelists or extension.codeLists or []
    return Dimension(
        code=code,
        label=given.label or code,
        role=role,
        codes=codes,
        labels=_labels(given.category, codes, where),
        units={
            code: Unit(unit.label if unit.base is None else unit.base, unit.decimals)
            for code, unit in (given.category.unit or {}).items()
        },
        notes=_notes(given.note),
        category_notes={code: _notes(note) for code, note in (given.category.note or {}).items()},
        refperiods=extension.refperiod or {},
        elimination=extension.elimination,
        codelists=tuple(offered),
        measuring=extension.measuringType or {},
        total=extension.total,
    )


def _codes(category: _Category, size: int, where: str) -> tuple[str, ...]:
    """The codes by their place: `index` is an object of places, a list, or left out for one."""
    index = category.index
    if index is None:
        index = list(category.label or {})
        if len(index) != 1:
            raise fault(where, "an `index`, since it has more or less than one code", shown(index))
    codes = _by_place(index, where) if isinstance(index, dict) else tuple(index)
    if repeated := repeated_word(codes):
        raise fault(where, "each code once", f"{repeated!r} twice")
    if len(codes) != size:
        raise fault(where, f"{size} codes, as its size says", str(len(codes)))
    return codes


def _by_place(index: Mapping[str, int], where: str) -> tuple[str, ...]:
    """The codes of an index object in the order of their places, whatever that of its keys."""
    codes: list[str | None] = [None] * len(index)
    for code, place in index.items():
        if not 0 <= place < len(codes):
            expected = f"places 0 to {len(codes) - 1} in `index`"
            raise fault(where, expected, f"{place!r} for {code!r}")
        if codes[place] is not None:
            came = f"{place} for {codes[place]!r}, {code!r}"
            raise fault(where, "each place once in `index`", came)
        codes[place] = code
    return tuple(code for code in codes if code is not None)


def _labels(category: _Category, codes: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The label of each code; the code itself where the data set has no labels at all."""
    if category.label is None:
        return codes
    if odd := sorted(set(codes) ^ set(category.label)):
        why = "no label for it" if odd[0] in codes else "a label for no code"
        raise fault(where, "a label for each code and no other", f"{odd[0]!r}, {why}")
    return tuple(category.label[code] for code in codes)


# --- what is told of a fault ---------------------------------------------------------------------

_MISFIT = re.compile(r"Expected `(.+?)`( [<>]= -?\d+)?(?:, got `(.+?)`)?(?: - at `\$(.*)`)?")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
}


def _misfit(where: str, error: Exception) -> JsonStatError:
    """What the reader says of a value that is not of its declared type."""
    misfit = _MISFIT.fullmatch(str(error))
    if misfit is None:
        return fault(where, "what JSON-stat declares", str(error))
    kinds, bound, kind, path = misfit.groups()
    kinds = kinds.replace("int | float", "float").split(" | ")
    expected = " or ".join(_WORDS.get(word, word) for word in kinds)
    place = f"{where}, `{path.removeprefix('.')}`" if path else where
    return fault(place, f"{expected}{bound or ''}", _WORDS.get(kind, kind or "one beyond that"))


def _notes(given: str | list[str] | None) -> tuple[str, ...]:
    """Notes are a list of strings; one alone may stand without its list."""
    return (given,) if isinstance(given, str) else tuple(given or ())


def _mandatory(given: _DataSet, extension: _Extension) -> tuple[str, ...]:
    must = extension.noteMandatory or {}
    return tuple(note for n, note in enumerate(_notes(given.note)) if must.get(str(n)))


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a date or time such as 2024-01-10T07:00:00Z"
        raise fault("The data set, `updated`", expected, shown(given)) from None
