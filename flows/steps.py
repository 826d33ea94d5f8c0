"""The steps of a refresh as plain functions: plan, fetch, load, model, check, publish.

`flows/refresh.py` runs the same list as a Prefect flow; `run` here runs it directly.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from flows.settings import Settings
from sources import catalogue, corrections, jsonstat, kinds, networks, recording
from sources.catalogue import Catalogue, Indicator, Table
from sources.errors import InputError
from sources.http import Upstream
from sources.plan import Planned
from sources.store import Fetched, Store
from sources.tidy import concat
from warehouse import checks, load, models, publish
from warehouse.boundaries import Gazetteer
from warehouse.checks import Result

_NAMES_NEED = (
    "staging.klass_change",
    "staging.klass_code",
    "core.county_name",
    "core.municipality_version",
    "core.change_event_part",
)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What one table brought: for the list printed after a refresh."""

    table_id: str
    publisher: str
    title: str
    indicators: int
    observations: int
    periods: str
    municipalities: int


@dataclass(frozen=True)
class Summary:
    """What a refresh did."""

    run_id: str
    upstream: str
    calls: int
    loaded: tuple[Loaded, ...]
    checks: tuple[Result, ...]
    refused_rows: int

    @property
    def figures(self) -> int:
        return sum(item.observations for item in self.loaded)


def new_run_id() -> str:
    """A name for a run that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def open_upstream(settings: Settings) -> Upstream:
    """A session towards the upstream of the settings. Raises UpstreamError."""
    return Upstream(settings.upstream, budget=settings.budget)


def plan(entries: Catalogue, upstream: Upstream, only: Sequence[str] = ()) -> list[Planned]:
    """Every call of the refresh. `only` keeps to these tables, kinds of table, or themes' tables.

    Raises UpstreamError where a publisher no longer has what the catalogue asks for, InputError
    for an unknown name in `only`.
    """
    return [
        planned
        for table in _chosen(entries, only)
        for planned in kinds.plan(entries, table, upstream)
    ]


def fetch(planned: Planned, entries: Catalogue, upstream: Upstream, store: Store) -> Fetched:
    """Asks one planned call and keeps the reply before anything reads it."""
    reply = kinds.fetch(planned, entries.table_by_id[planned.table_id], upstream)
    store.keep(reply)
    return Fetched(planned, reply)


def build(
    settings: Settings,
    entries: Catalogue,
    fetched: Sequence[Fetched],
    run_id: str,
    calls: int,
    say: Progress = lambda _: None,
) -> Summary:
    """Loads, models and checks beside the old warehouse, then publishes.

    Raises ChecksFailedError (the old warehouse stays), LockedError, WarehouseError, UpstreamError.
    """
    earlier = _earlier_runs(settings)
    with publish.sole_writer(settings.warehouse), publish.build(settings.warehouse) as con:
        say("loading replies")
        _load_catalogue(con, entries)
        _load_registers(con)
        _load_replies(con, entries, fetched)
        _load_runs(con, earlier, run_id, settings.upstream, calls)
        say("modelling")
        models.run_all(con)
        say("checking")
        results = checks.run_all(con)
        checks.demand(results)
        return Summary(
            run_id,
            settings.upstream,
            calls,
            tuple(_loaded(con)),
            tuple(results),
            _number(con, "select count(*) from raw.refused_row"),
        )


def run(settings: Settings, only: Sequence[str] = (), say: Progress = lambda _: None) -> Summary:
    """A whole refresh, one step after the other, without Prefect."""
    entries, store, run_id = catalogue.load(), Store(settings.home), new_run_id()
    with open_upstream(settings) as upstream:
        say("planning")
        planned = plan(entries, upstream, only)
        fetched = []
        for number, item in enumerate(planned, 1):
            say(f"fetching {number} of {len(planned)}: {item.table_id}")
            fetched.append(fetch(item, entries, upstream, store))
        calls = upstream.calls
    fetched += kept_from_before(settings, store, only)
    summary = build(settings, entries, fetched, run_id, calls, say)
    store.write_manifest(run_id, fetched)
    return summary


def record(settings: Settings, folder: Path, say: Progress = lambda _: None) -> int:
    """Writes the replies of a whole plan as recordings; returns how many."""
    entries = catalogue.load()
    with open_upstream(settings) as upstream:
        planned = [item for item in plan(entries, upstream) if item.call.url.startswith("http")]
        replies = {}
        for number, item in enumerate(planned, 1):
            say(f"recording {number} of {len(planned)}: {item.table_id}")
            reply = upstream.fetch(item.call)
            replies[reply.reply_id] = reply
        replies |= {reply.reply_id: reply for reply in upstream.answered}
    recording.write(folder, list(replies.values()))
    return len(replies)


def kept_from_before(settings: Settings, store: Store, only: Sequence[str]) -> list[Fetched]:
    """With `only`, the replies of all other tables from the last published run."""
    if not only:
        return []
    chosen = {table.id for table in _chosen(catalogue.load(), only)}
    runs = _earlier_runs(settings)
    if not len(runs):
        raise InputError(
            "--only refreshes part of a warehouse, and there is none yet; leave it out."
        )
    last = runs["run_id"][-1].as_py()
    return [item for item in store.read_manifest(last) if item.planned.table_id not in chosen]


def _chosen(entries: Catalogue, only: Sequence[str]) -> list[Table]:
    if not only:
        return list(entries.tables)
    names = {name for table in entries.tables for name in (table.id, table.kind)}
    if unknown := [name for name in only if name not in names]:
        raise InputError(
            f"--only {unknown[0]}: there is no such source. Choose among:"
            f" {', '.join(sorted(names))}."
        )
    return [table for table in entries.tables if table.id in only or table.kind in only]


# --- load ----------------------------------------------------------------------------------


def _load_catalogue(con: duckdb.DuckDBPyConnection, entries: Catalogue) -> None:
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


def _load_registers(con: duckdb.DuckDBPyConnection) -> None:
    for name, rows in networks.read_register().items():
        load.create(con, name, rows)


def _load_replies(
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


def _earlier_runs(settings: Settings) -> pa.Table:
    """The published runs so far, oldest first."""
    if not settings.warehouse.is_file():
        return pa.table({"run_id": pa.array([], pa.string())})
    with publish.reading(settings.warehouse) as con:
        return con.execute("select * from raw.refresh_run order by started_at").to_arrow_table()


def _load_runs(
    con: duckdb.DuckDBPyConnection, earlier: pa.Table, run_id: str, upstream: str, calls: int
) -> None:
    if len(earlier):
        load.insert(con, "refresh_run", earlier)
    con.execute(
        "insert into raw.refresh_run values (?, ?, ?, ?, ?,"
        " (select count(*) from raw.reply), (select count(*) from raw.observation))",
        [run_id, datetime.now(UTC), upstream, version("digidistrikt"), calls],
    )


# --- what was loaded -----------------------------------------------------------------------


def _loaded(con: duckdb.DuckDBPyConnection) -> list[Loaded]:
    found = con.execute(
        """
        select
            source.table_id,
            source.publisher,
            source.title_en,
            count(distinct observation.indicator_id),
            count(observation.value),
            coalesce(min(observation.year) || '-' || max(observation.year), ''),
            count(distinct observation.reported_code)
                filter (observation.region_kind = 'municipality')
        from raw.source_table as source
        left join staging.observation as observation using (table_id)
        group by all
        order by all
        """
    ).fetchall()
    return [Loaded(*row) for row in found]


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
