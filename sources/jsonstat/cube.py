"""A data set as columns: codes, labels, values and the publisher's status symbols."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from common.errors import UpstreamError
from common.text import shown

Role = Literal["time", "geo", "metric"]

# DuckDB's row group: a table cut at it (nothing is copied) is loaded by all cores, not by one.
ROW_GROUP = 122_880


class JsonStatError(UpstreamError):
    """A reply is not the JSON-stat data set it should be: what was expected, and what came."""


def fault(where: str, expected: str, came: str) -> JsonStatError:
    """The one sentence every fault is told in."""
    return JsonStatError(f"{where}: expected {expected}, came {came}.")


@dataclass(frozen=True)
class Unit:
    """The unit of one contents code: `base` as the publisher words it, decimals as shown."""

    base: str | None
    decimals: int | None


class Codelist(Struct, frozen=True):
    """A code list offered for a dimension; type is `Aggregation`, `Valueset` or None."""

    id: str
    label: str = ""
    type: str | None = None


@dataclass(frozen=True)
class Dimension:
    """One dimension: `codes` and `labels` stand in the order in which the values lie.

    `units`, `refperiods` and `measuring` (Stock, Flow, Average or Other) are keyed by contents
    code, `category_notes` by code. `elimination` says, in metadata only, whether the dimension may
    be left out of a query, and `total` which code then stands for it; without one its codes are
    added up.
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
    measuring: Mapping[str, str] = field(default_factory=dict)
    total: str | None = None


@dataclass(frozen=True)
class Cube:
    """One data set. The cells run over the dimensions, the last one fastest.

    `values` (double, null where the publisher gives none) and `status` (the publisher's symbol,
    null where there is none; it may stand on a cell with a value too: a note to that cell) have
    one entry a cell, or none at all in metadata. `updated` is UTC. `mandatory` are those of the
    `notes` that the publisher says must be read.
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
    mandatory: tuple[str, ...] = ()

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
        raise fault("The data set", f"a dimension {code!r}", shown(codes))

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
        if repeated := repeated_word(name.casefold() for name in names):
            raise fault("The data set", "a name of its own for each column", f"{repeated!r} twice")
        rows = pa.record_batch([*columns, self.values, self.status], names=names)
        starts = range(0, len(rows), ROW_GROUP)
        return pa.Table.from_batches([rows.slice(start, ROW_GROUP) for start in starts])


def repeated_word(words: Iterable[str]) -> str | None:
    """The first word that comes a second time."""
    return next((word for word, times in Counter(words).items() if times > 1), None)


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
