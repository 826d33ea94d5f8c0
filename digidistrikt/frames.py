"""Results as frames: pandas, Arrow or polars, with what goes with the figures."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from common.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Kind = Literal["pandas", "arrow", "polars"]
KINDS: tuple[Kind, ...] = ("pandas", "arrow", "polars")
ATTRIBUTES = b"digidistrikt"
"""The key of an Arrow schema's metadata under which the attributes stand, as JSON."""


def require_kind(kind: str) -> None:
    """Raises InputError for a kind of frame that is none, or whose library is not installed."""
    if kind not in KINDS:
        raise InputError(f"frames are 'pandas', 'arrow' or 'polars', not '{kind}'.")
    if kind == "polars" and find_spec("polars") is None:
        raise InputError("polars is not installed here; 'pip install polars', or leave it out.")


def framed(table: "pa.Table", kind: Kind, attributes: Mapping[str, Any]) -> Any:
    """A table as the kind of frame asked for.

    pandas has the attributes in `attrs`, Arrow in the metadata of its schema; polars has no place
    for them. A whole number is a nullable integer in pandas (`Int64`), so it stays one where some
    are missing, and so does a sum of whole numbers, which DuckDB keeps as a decimal. Raises
    InputError for a column of a type that polars has not.
    """
    table = _plain(table)
    if kind == "arrow":
        metadata = json.dumps(attributes, ensure_ascii=False, default=str).encode()
        return table.replace_schema_metadata({ATTRIBUTES: metadata})
    if kind == "polars":
        return _polars(table)
    return _pandas(table, attributes)


def table_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> "pa.Table":
    """Rows as a table, each column typed by what stands in it; one of several types is text."""
    import pyarrow as pa

    made = {}
    for at, name in enumerate(columns):
        cells = [row[at] for row in rows]
        kinds = {type(cell) for cell in cells if cell is not None}
        if len(kinds) > 1:
            cells = [None if cell is None else str(cell) for cell in cells]
        made[name] = pa.array(cells)
    return pa.table(made)


def _plain(table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    for at, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            column = table.column(at)
            kinds = (pa.int64(), pa.float64()) if field.type.scale == 0 else (pa.float64(),)
            table = table.set_column(at, field.name, _cast(column, kinds))
    return table


def _cast(column: Any, kinds: "Sequence[pa.DataType]") -> Any:
    """The column as the first of the kinds that has room for it; the last one always has."""
    import pyarrow as pa

    for kind in kinds[:-1]:
        with suppress(pa.ArrowInvalid):
            return column.cast(kind)
    return column.cast(kinds[-1])


def _polars(table: "pa.Table") -> Any:
    import polars

    try:
        return polars.from_arrow(table)
    except polars.exceptions.PolarsError as error:
        raise InputError(
            f"polars can't take this result ({str(error).split('. ')[0]}); cast the column to text,"
            " or ask for frames='arrow'."
        ) from error


def _pandas(table: "pa.Table", attributes: Mapping[str, Any]) -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    integers: dict[Any, Any] = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=integers.get)
    frame.attrs.update(attributes)
    return frame
