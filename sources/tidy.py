"""The shapes in which sources and warehouse meet. The warehouse has a `raw` table for each.

A frame is a pyarrow table; `Frames` maps the name of a raw table to its rows.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from sources.errors import SourceError

COUNTRY = "country"
"""The reported code of a figure for the whole country, where the publisher gives none."""

_TEXT = pa.string()


def shape(**columns: pa.DataType) -> pa.Schema:
    """A frame's columns and their types."""
    return pa.schema(list(columns.items()))


SHAPES: dict[str, pa.Schema] = {
    # One row: one figure as published, in the publisher's own codes.
    "observation": shape(
        indicator_id=_TEXT,
        reported_code=_TEXT,
        period=_TEXT,
        value=pa.float64(),
        status=_TEXT,
        unit=_TEXT,
        reply_id=_TEXT,
    ),
    # One row: a municipality code in force on a day, with its official name.
    "klass_code": shape(code=_TEXT, name=_TEXT, valid_on=pa.date32(), reply_id=_TEXT),
    # One row: a change of code or name that Klass lists between two dates.
    "klass_change": shape(
        changed_on=pa.date32(),
        old_code=_TEXT,
        old_name=_TEXT,
        new_code=_TEXT,
        new_name=_TEXT,
        reply_id=_TEXT,
    ),
    # One row: a code that a code list adds into one of its own.
    "codelist_value": shape(codelist=_TEXT, code=_TEXT, source_code=_TEXT, reply_id=_TEXT),
    # One row: the class a municipality has in a classification.
    "classification": shape(
        scheme=_TEXT,
        municipality_code=_TEXT,
        class_code=_TEXT,
        class_name=_TEXT,
        division=pa.int32(),
        reply_id=_TEXT,
    ),
    # One row: the organisation number of a municipality.
    "organisation": shape(
        organisation_number=_TEXT, municipality_code=_TEXT, name=_TEXT, reply_id=_TEXT
    ),
    # One row: an accessibility statement in the register.
    "accessibility_statement": shape(
        statement_id=_TEXT,
        organisation_number=_TEXT,
        solution_name=_TEXT,
        solution_address=_TEXT,
        updated_on=pa.date32(),
        breaches=pa.int32(),
        conformities=pa.int32(),
        not_relevant=pa.int32(),
        as_of=pa.date32(),
        reply_id=_TEXT,
    ),
    # One row: a row of a file that could not be placed, and why.
    "refused_row": shape(reply_id=_TEXT, row=pa.int32(), said=_TEXT, reason=_TEXT),
}

Frames = dict[str, pa.Table]


def frame(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the declared shape. Raises SourceError if a row does not fit it."""
    try:
        return pa.Table.from_pylist(list(rows), schema=SHAPES[name])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SourceError(f"rows for raw.{name} do not have its shape: {error}") from error


def concat(parts: Iterable[Frames]) -> Frames:
    """All parts as one set of frames, every shape present."""
    found: dict[str, list[pa.Table]] = {
        name: [schema.empty_table()] for name, schema in SHAPES.items()
    }
    for part in parts:
        for name, table in part.items():
            found[name].append(table)
    return {name: pa.concat_tables(tables) for name, tables in found.items()}
