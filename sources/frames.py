"""The shapes in which sources and warehouse meet, declared here and nowhere else.

A frame is a pyarrow table; `Frames` maps the name of a raw table to its rows. The warehouse makes
a `raw` table of each shape, with its key, its comment, and NOT NULL where it says so.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pyarrow as pa

from common.errors import SourceError

COUNTRY = "country"
"""The reported code of a figure for the whole country, where the publisher gives none."""

_TEXT, _NUMBER, _WHOLE, _DAY = pa.string(), pa.float64(), pa.int32(), pa.date32()
_YES_NO = pa.bool_()


def shape(
    one_row: str,
    *,
    key: Collection[str] = (),
    may_be_null: Collection[str] = (),
    **columns: pa.DataType,
) -> pa.Schema:
    """A frame's columns and their types, with what one row is and which columns identify it."""
    fields = [pa.field(name, kind, nullable=name in may_be_null) for name, kind in columns.items()]
    return pa.schema(fields, metadata={"one_row": one_row, "key": ", ".join(key)})


SHAPES: dict[str, pa.Schema] = {
    "observation": shape(
        "a figure as published, in the publisher's own codes",
        may_be_null=("value", "status", "unit"),
        indicator_id=_TEXT,
        reported_code=_TEXT,
        period=_TEXT,
        value=_NUMBER,
        status=_TEXT,
        unit=_TEXT,
        reply_id=_TEXT,
    ),
    "context_observation": shape(
        "a figure about a sector or a group of bodies, never about one municipality",
        may_be_null=("value", "status", "unit"),
        subject=_TEXT,
        breakdown=pa.map_(_TEXT, _TEXT),
        period=_TEXT,
        value=_NUMBER,
        status=_TEXT,
        unit=_TEXT,
        reply_id=_TEXT,
    ),
    "cube_cell": shape(
        "a cell of a table that is taken whole, in the publisher's own codes",
        may_be_null=("value", "status"),
        reported_code=_TEXT,
        period=_TEXT,
        combination=_WHOLE,
        value=_NUMBER,
        status=_TEXT,
        reply_id=_TEXT,
    ),
    "cube_combination": shape(
        "the contents and the codes of the other dimensions that cells of a reply are of",
        may_be_null=("unit",),
        combination=_WHOLE,
        contents=_TEXT,
        contents_label=_TEXT,
        codes=pa.map_(_TEXT, _TEXT),
        labels=pa.map_(_TEXT, _TEXT),
        unit=_TEXT,
        aggregation=_TEXT,
        reply_id=_TEXT,
    ),
    "klass_code": shape(
        "a municipality code in force on a day, with its official name",
        key=("code", "valid_on"),
        code=_TEXT,
        name=_TEXT,
        valid_on=_DAY,
        reply_id=_TEXT,
    ),
    "klass_change": shape(
        "a change of code or name that Klass lists between two dates",
        may_be_null=("old_code", "old_name", "new_code", "new_name"),
        changed_on=_DAY,
        old_code=_TEXT,
        old_name=_TEXT,
        new_code=_TEXT,
        new_name=_TEXT,
        reply_id=_TEXT,
    ),
    "stated_change": shape(
        "a change of municipality codes that a person has stated where Klass lists none",
        key=("changed_on", "old_code", "new_code"),
        changed_on=_DAY,
        old_code=_TEXT,
        new_code=_TEXT,
        why=_TEXT,
        stated_by=_TEXT,
        stated_on=_DAY,
    ),
    "accepted_population": shape(
        "a figure of population that a person accepts though it changed more than any before",
        key=("municipality_code", "year"),
        municipality_code=_TEXT,
        year=_WHOLE,
        value=_NUMBER,
        why=_TEXT,
        accepted_by=_TEXT,
        accepted_on=_DAY,
    ),
    "codelist_value": shape(
        "a code that a publisher's code list adds into one of its own",
        codelist=_TEXT,
        code=_TEXT,
        source_code=_TEXT,
        reply_id=_TEXT,
    ),
    "classification": shape(
        "the class of a municipality in a classification, from one day to, but not on, another",
        key=("scheme", "municipality_code", "valid_from", "reply_id"),
        may_be_null=("class_name", "valid_to"),
        scheme=_TEXT,
        municipality_code=_TEXT,
        class_code=_TEXT,
        class_name=_TEXT,
        valid_from=_DAY,
        valid_to=_DAY,
        reply_id=_TEXT,
    ),
    "organisation": shape(
        "the organisation number of a municipality, on the word of one source",
        key=("organisation_number", "reply_id"),
        organisation_number=_TEXT,
        municipality_code=_TEXT,
        name=_TEXT,
        reply_id=_TEXT,
    ),
    "company": shape(
        "an inter-municipal company in Enhetsregisteret",
        key=("organisation_number",),
        may_be_null=("municipality_code", "purpose"),
        organisation_number=_TEXT,
        name=_TEXT,
        legal_form=_TEXT,
        municipality_code=_TEXT,
        purpose=_TEXT,
        is_ending=_YES_NO,
        reply_id=_TEXT,
    ),
    "company_owner": shape(
        "a public body that owns a part of a company, as Enhetsregisteret has it",
        key=("organisation_number", "position"),
        may_be_null=("share_text", "share_pct", "changed_on"),
        organisation_number=_TEXT,
        position=_WHOLE,
        owner_number=_TEXT,
        owner_name=_TEXT,
        owner_form=_TEXT,
        liability=_TEXT,
        share_text=_TEXT,
        share_pct=_NUMBER,
        changed_on=_DAY,
        reply_id=_TEXT,
    ),
    "data_set": shape(
        "a data set that a municipality has described in data.norge.no",
        key=("data_set_id",),
        may_be_null=("is_open",),
        data_set_id=_TEXT,
        organisation_number=_TEXT,
        is_open=_YES_NO,
        as_of=_DAY,
        reply_id=_TEXT,
    ),
    "accessibility_statement": shape(
        "an accessibility statement in the register",
        key=("statement_id",),
        may_be_null=(
            "solution_name",
            "solution_address",
            "updated_on",
            "breaches",
            "conformities",
            "not_relevant",
        ),
        statement_id=_TEXT,
        organisation_number=_TEXT,
        solution_name=_TEXT,
        solution_address=_TEXT,
        updated_on=_DAY,
        breaches=_WHOLE,
        conformities=_WHOLE,
        not_relevant=_WHOLE,
        as_of=_DAY,
        reply_id=_TEXT,
    ),
    "trait_value": shape(
        "what a file says of a trait of a municipality",
        key=("trait_id", "municipality_code", "reply_id"),
        may_be_null=("evidence",),
        trait_id=_TEXT,
        municipality_code=_TEXT,
        value=_TEXT,
        evidence=_TEXT,
        valid_on=_TEXT,
        reply_id=_TEXT,
    ),
    "adoption": shape(
        "a municipality that took something into use on a day, as a source has it",
        key=("municipality_code", "reply_id"),
        may_be_null=("left_on",),
        municipality_code=_TEXT,
        adopted_on=_DAY,
        left_on=_DAY,
        listed_under=_TEXT,
        evidence=_TEXT,
        reply_id=_TEXT,
    ),
    "stay": shape(
        "a stay of a municipality in a register, from one day to another",
        key=("municipality_code", "entered_on", "reply_id"),
        may_be_null=("left_on",),
        municipality_code=_TEXT,
        entered_on=_DAY,
        left_on=_DAY,
        reply_id=_TEXT,
    ),
    "refused_row": shape(
        "a row of a file that could not be placed, and why",
        may_be_null=("raw_value",),
        reply_id=_TEXT,
        row=_WHOLE,
        raw_value=_TEXT,
        reason=_TEXT,
    ),
    "correction": shape(
        "a code and span of periods in which a published figure is known to be wrong",
        key=("correction_id", "table_id", "reported_code"),
        correction_id=_TEXT,
        table_id=_TEXT,
        reported_code=_TEXT,
        first_period=_TEXT,
        last_period=_TEXT,
        published=_NUMBER,
        why=_TEXT,
        source=_TEXT,
    ),
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
