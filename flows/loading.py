"""Puts the catalogue, the registers, the replies and the run into the raw tables of a new file."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import version

import duckdb
import pyarrow as pa

from flows.settings import Settings
from sources import corrections, jsonstat, kinds, networks
from sources.catalogue import Catalogue, Indicator, Table
from sources.errors import InputError
from sources.store import Fetched
from sources.tidy import SHAPES, concat
from warehouse import load, models, publish
from warehouse.gazetteer import Gazetteer

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
    load.insert(con, "source_table", pa.Table.from_pylist([_table_row(t) for t in entries.tables]))
    load.insert(
        con, "indicator", pa.Table.from_pylist([_indicator_row(i) for i in entries.indicators])
    )
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
        {"subject_id": subject.id, "warning": str(warning), "period": period}
        for subject in subjects
        for warning, periods in subject.warnings.items()
        for period in periods or (None,)
    ]
    load.insert(con, "warning", pa.Table.from_pylist(warnings))
    load.insert(con, "correction", corrections.load())


def _table_row(table: Table) -> dict[str, object]:
    return {
        "table_id": table.id,
        "kind": table.kind,
        "publisher": table.publisher,
        "publisher_table": table.table,
        "title_nb": table.title.nb,
        "title_en": table.title.en,
        "licence": table.licence,
        "citation": table.citation,
        "url": table.url,
        "published_on": table.published_on,
        "came_through": table.came_through,
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
        "zero_is_missing": indicator.zero_is_missing,
        "absent_is": indicator.absent_is,
        "note": indicator.note or None,
    }


def load_registers(con: duckdb.DuckDBPyConnection) -> None:
    """The registers of networks and of who is in them."""
    for name, rows in networks.read_register().items():
        load.create(con, name, rows.schema)
        load.insert(con, name, rows)


def load_replies(
    con: duckdb.DuckDBPyConnection, entries: Catalogue, fetched: Sequence[Fetched]
) -> None:
    """Replies in codes first; names are resolved against the municipalities these bring."""
    replies = {item.reply.reply_id: _reply_row(item) for item in fetched}
    load.insert(con, "reply", pa.Table.from_pylist(list(replies.values())))
    named = [item for item in fetched if _is_named(entries, item)]
    _load_frames(con, entries, (item for item in fetched if item not in named))
    if named:
        models.run_some(con, _NAMES_NEED)
        _load_frames(con, entries, named)


def _load_frames(
    con: duckdb.DuckDBPyConnection, entries: Catalogue, fetched: Iterable[Fetched]
) -> None:
    def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        resolved = Gazetteer.read(con).resolve(names, on)
        return [found.code or InputError(found.refusal) for found in resolved]

    parts = concat(
        kinds.read(entries, entries.table_by_id[item.planned.table_id], item.reply, resolve)
        for item in fetched
    )
    for name, rows in parts.items():
        load.insert(con, name, rows)


def _is_named(entries: Catalogue, item: Fetched) -> bool:
    layout = entries.table_by_id[item.planned.table_id].layout
    return layout is not None and layout.name is not None


def _reply_row(item: Fetched) -> dict[str, object]:
    reply = item.reply
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
        "updated": _updated(item),
        "fetched_at": reply.fetched_at,
        "upstream": reply.upstream,
        "provenance": reply.provenance,
    }


def _updated(item: Fetched) -> datetime | None:
    """When the publisher last changed the table, where its reply says so."""
    if not item.planned.call.url.endswith("/data"):
        return None
    return jsonstat.read(item.reply.content).updated


def earlier_runs(settings: Settings) -> pa.Table:
    """The published runs so far, oldest first."""
    if not settings.warehouse.is_file():
        return pa.table({"run_id": pa.array([], pa.string())})
    with publish.reading(settings.warehouse) as con:
        return con.execute("select * from raw.refresh_run order by started_at").to_arrow_table()


def load_runs(
    con: duckdb.DuckDBPyConnection, earlier: pa.Table, run_id: str, upstream: str, calls: int
) -> None:
    """The runs so far, and this one."""
    if len(earlier):
        load.insert(con, "refresh_run", earlier)
    con.execute(
        "insert into raw.refresh_run values (?, ?, ?, ?, ?,"
        " (select count(*) from raw.reply), (select count(*) from raw.observation))",
        [run_id, datetime.now(UTC), upstream, version("digidistrikt"), calls],
    )
