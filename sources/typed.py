"""Raw tables of typed models: the class that reads a row of YAML or CSV declares its raw table too.

A field of one kind (text, number, yes or no, day, or a list of these) is a column of its name; a
title is two, `title_nb` and `title_en`; what has parts of its own is no column. A field that may be
None, and a text that may be left out, is NULL when there is nothing.
"""

import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_KINDS: dict[Any, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int32(),
    float: pa.float64(),
    str: pa.string(),
    date: pa.date32(),
}


@dataclass(frozen=True)
class Column:
    """Marks a field whose column in `raw` has another name than the field."""

    name: str


class BothLanguages(BaseModel):
    """A text in bokmål and English: two columns."""

    nb: str
    en: str


def schema(
    model: type[BaseModel], *, one_row: str, key: Sequence[str], fields: Iterable[str] | None = None
) -> pa.Schema:
    """The raw table of a model, with what one row is, its key, and each column's comment.

    `fields` gives their order; all, as declared, unless given.
    """
    names = model.model_fields if fields is None else fields
    columns = [column for name in names for column in _columns(name, model.model_fields[name])]
    return pa.schema(columns, metadata={"one_row": one_row, "key": ", ".join(key)})


def row(entry: BaseModel) -> dict[str, Any]:
    """An entry as a row of its raw table."""
    found: dict[str, Any] = {}
    for name, field in type(entry).model_fields.items():
        value = getattr(entry, name)
        if isinstance(value, BothLanguages):
            found |= {f"{name}_nb": value.nb, f"{name}_en": value.en}
        elif _kind(field.annotation) is not None:
            found[_column_name(name, field)] = None if value == "" else value
    return found


def table(entries: Iterable[BaseModel], shape: pa.Schema) -> pa.Table:
    """Entries as a table of their shape."""
    return pa.Table.from_pylist([row(entry) for entry in entries], schema=shape)


def _columns(name: str, field: FieldInfo) -> list[Any]:
    comment = {"comment": field.description} if field.description else None
    if field.annotation is not None and _is_both_languages(field.annotation):
        languages = BothLanguages.model_fields
        return [pa.field(f"{name}_{each}", pa.string(), nullable=False) for each in languages]
    kind = _kind(field.annotation)
    if kind is None:
        return []
    may_be_null = type(None) in get_args(field.annotation) or field.default == ""
    return [pa.field(_column_name(name, field), kind, nullable=may_be_null, metadata=comment)]


def _column_name(name: str, field: FieldInfo) -> str:
    return next((mark.name for mark in field.metadata if isinstance(mark, Column)), name)


def _is_both_languages(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BothLanguages)


def _kind(annotation: Any) -> pa.DataType | None:
    """The column type of a field; None for what has parts of its own."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0])
    if origin is Literal:
        return pa.string() if all(isinstance(value, str) for value in inner) else None
    if origin in (Union, types.UnionType):
        kinds = {_kind(part) for part in inner if part is not type(None)}
        return kinds.pop() if len(kinds) == 1 else None
    if origin is tuple:
        item = _kind(inner[0])
        return None if item is None else pa.list_(item)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return pa.string()
    return _KINDS.get(annotation)
