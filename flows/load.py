"""Puts the catalogue, the registers and the replies into the raw tables of a new file."""

from collections.abc import Sequence
from datetime import date, datetime

import duckdb
import pyarrow as pa

from common.errors import InputError, UpstreamError
from sources import corrections, jsonstat, networks, registry
from sources.catalogue import Catalogue, Indicator, Table
from sources.catalogue.composite import Composite
from sources.catalogue.district import DistrictDefinition
from sources.catalogue.entry import Warning as Vocabulary
from sources.frames import SHAPES, Frames, concat
from sources.plan import Failed
from sources.store import Fetched
from warehouse import load, models
from warehouse.municipalities import Municipalities

_NAMES_NEED = (
    "staging.klass_change",
    "staging.klass_code",
    "core.county_name",
    "core.municipality_version",
    "core.change_event_part",
)


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The empty tables for what sources bring, in the shapes they declare."""
    for name, shape in SHAPES.items():
        load.create(con, name, shape)


def load_catalogue(con: duckdb.DuckDBPyConnection, entries: Catalogue) -> None:
    """What the catalogue declares, and the corrections of published errors."""
    load.insert(
        con, "source_table", pa.Table.from_pylist([_table_row(entries, t) for t in entries.tables])
    )
    load.insert(
        con, "indicator", pa.Table.from_pylist([_indicator_row(i) for i in entries.indicators])
    )
    _load_composites(con, entries.composites)
    origins = {
        (indicator.id, origin.table): {
            "indicator_id": indicator.id,
            "table_id": origin.table,
            "rank": rank,
            "measure": origin.measure,
        }
        for indicator in entries.indicators
        for rank, origin in enumerate(indicator.origins)
    }
    load.insert(con, "indicator_origin", pa.Table.from_pylist(list(origins.values())))
    subjects: tuple[Table | Indicator, ...] = (*entries.tables, *entries.indicators)
    warnings = [
        {"subject_id": composite.id, "warning": str(Vocabulary.COMPOSITE), "period": None}
        for composite in entries.composites
    ]
    warnings += [
        {"subject_id": subject.id, "warning": str(warning), "period": period}
        for subject in subjects
        for warning, periods in subject.warnings.items()
        for period in periods or (None,)
    ]
    load.insert(con, "warning", pa.Table.from_pylist(warnings))
    load.insert(con, "correction", corrections.load())
    definitions = [_district_row(each) for each in entries.district_definitions]
    load.insert(con, "district_rule", pa.Table.from_pylist(definitions))


def _table_row(entries: Catalogue, table: Table) -> dict[str, object]:
    return {
        "table_id": table.id,
        "kind": table.kind,
        "publisher": table.publisher,
        "publisher_table": table.table,
        "replaced_by": entries.successor_of(table),
        "is_kostra": table.is_kostra,
        "title_nb": table.title.nb,
        "title_en": table.title.en,
        "licence": table.licence,
        "citation": table.citation,
        "url": table.url,
        "published_on": table.published_on,
        "obtained_via": table.obtained_via,
        "note": table.note or None,
    }


def _indicator_row(indicator: Indicator) -> dict[str, object]:
    return {
        "indicator_id": indicator.id,
        "theme": indicator.theme,
        "title_nb": indicator.title.nb,
        "title_en": indicator.title.en,
        "unit": indicator.unit,
        "aggregate": indicator.aggregate,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "factor": float(indicator.factor),
        "weight": indicator.weight,
        "minimum": indicator.minimum,
        "maximum": indicator.maximum,
        "jump": indicator.jump,
        "zero_is_missing": indicator.zero_is_missing,
        "absent_is": indicator.absent_is,
        "note": indicator.note or None,
    }


def _load_composites(con: duckdb.DuckDBPyConnection, composites: Sequence[Composite]) -> None:
    """Each composite as an indicator, and as the parts it is made of in each of its periods."""
    if not composites:
        return
    indicators = [
        {
            "indicator_id": composite.id,
            "theme": composite.theme,
            "title_nb": composite.title.nb,
            "title_en": composite.title.en,
            "unit": composite.unit,
            "aggregate": "composite",
            "factor": 1.0,
            "zero_is_missing": False,
            "recipe": composite.recipe,
            "note": composite.note or None,
        }
        for composite in composites
    ]
    rows = [
        {
            "composite_id": composite.id,
            "transformation": str(composite.transformation),
            "minimum_coverage": composite.minimum_coverage,
            "truncate_at": composite.truncate,
            "lowest": composite.rescale[0] if composite.rescale else None,
            "highest": composite.rescale[1] if composite.rescale else None,
        }
        for composite in composites
    ]
    parts = [
        {
            "composite_id": composite.id,
            "period": period,
            "part": number,
            "indicator_id": part.indicator,
            "part_period": part.period or period,
            "base_period": part.base_period(period),
            "direction": str(part.direction),
            "weight": part.weight,
        }
        for composite in composites
        for period in composite.periods
        for number, part in enumerate(composite.parts, 1)
    ]
    for name, found in (
        ("indicator", indicators),
        ("composite", rows),
        ("composite_part", parts),
    ):
        load.insert(con, name, pa.Table.from_pylist(found))


def _district_row(definition: DistrictDefinition) -> dict[str, object]:
    return {
        "definition_id": definition.id,
        "title_nb": definition.title.nb,
        "title_en": definition.title.en,
        "rule": definition.rule,
        "centrality_classes": list(definition.centrality_classes),
        "area": definition.area,
        "index_id": definition.index,
        "period": definition.period,
        "below": definition.below,
        "valid_from": definition.valid_from,
        "source_url": definition.source_url,
        "described_in": definition.described_in,
        "note": definition.note or None,
    }


def load_registers(con: duckdb.DuckDBPyConnection) -> None:
    """The registers of networks and of who is in them."""
    for name, rows in networks.read_register().items():
        load.create(con, name, rows.schema)
        load.insert(con, name, rows)


def load_replies(
    con: duckdb.DuckDBPyConnection,
    entries: Catalogue,
    fetched: Sequence[Fetched],
    last_good: Sequence[Fetched] = (),
) -> tuple[list[Fetched], list[Failed]]:
    """Replies in codes first; names are resolved against the municipalities these bring.

    A table whose replies are not as declared is loaded from its last good ones. Returns the
    replies that were loaded and the tables that failed. Raises InputError for a file.
    """
    used: list[Fetched] = []
    failed: list[Failed] = []
    for named in (False, True):
        if named and any(_is_named(table) for table in entries.tables):
            models.run_some(con, _NAMES_NEED)
        for table in entries.tables:
            new = [item for item in fetched if item.planned.table_id == table.id]
            if new and _is_named(table) == named:
                try:
                    frames, items = _read(con, entries, new), new
                except UpstreamError as error:
                    failed.append(Failed(table.id, str(error)))
                    items = [item for item in last_good if item.planned.table_id == table.id]
                    frames = _read(con, entries, items)
                _load(con, items, frames)
                used += items
    return used, failed


def _read(con: duckdb.DuckDBPyConnection, entries: Catalogue, items: Sequence[Fetched]) -> Frames:
    """The replies of a table as one set of frames."""

    def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        resolved = Municipalities.read(con).resolve(names, on)
        return [found.code or InputError(found.refusal) for found in resolved]

    return concat(
        registry.of(table).read(entries, table, item.reply, resolve)
        for item in items
        for table in [entries.table_by_id[item.planned.table_id]]
    )


def _load(con: duckdb.DuckDBPyConnection, items: Sequence[Fetched], frames: Frames) -> None:
    known = {row[0] for row in con.execute("select reply_id from raw.reply").fetchall()}
    replies = {  # two tables may share one, as a code list
        item.reply.reply_id: _reply_row(item) for item in items if item.reply.reply_id not in known
    }
    if replies:
        load.insert(con, "reply", pa.Table.from_pylist(list(replies.values())))
    for name, rows in frames.items():
        load.insert(con, name, rows)


def _is_named(table: Table) -> bool:
    return table.layout is not None and table.layout.name is not None


def _reply_row(item: Fetched) -> dict[str, object]:
    reply = item.reply
    updated, is_discontinued = _state(item)
    return {
        "reply_id": reply.reply_id,
        "table_id": item.planned.table_id,
        "method": reply.call.method,
        "url": reply.call.address,
        "body": reply.call.body,
        "sha256": reply.sha256,
        "bytes": len(reply.content),
        "content_type": reply.content_type,
        "division": item.planned.division,
        "as_of": reply.as_of,
        "updated": updated,
        "is_discontinued": is_discontinued,
        "fetched_at": reply.fetched_at,
        "upstream": reply.upstream,
        "provenance": reply.provenance,
    }


def _state(item: Fetched) -> tuple[datetime | None, bool]:
    """When the publisher last changed the table and whether it is at its end, if the reply says."""
    if not item.planned.call.url.endswith("/data"):
        return None, False
    cube = jsonstat.read(item.reply.content)
    return cube.updated, bool(cube.discontinued)
