"""The steps of a refresh as plain functions: plan, fetch, load, model, check, publish.

`flows/refresh.py` runs the same list as a Prefect flow; `run` here runs it directly.
"""

import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import duckdb

from flows import loading
from flows.settings import Settings
from sources import catalogue, kinds, recording
from sources.catalogue import Catalogue, Table
from sources.errors import InputError
from sources.http import Upstream
from sources.plan import Planned
from sources.store import Fetched, Store
from warehouse import checks, models, publish
from warehouse.checks import Result

_LOG = logging.getLogger("digidistrikt.refresh")


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
    not_asked: tuple[str, ...] = ()

    @property
    def figures(self) -> int:
        return sum(item.observations for item in self.loaded)


@dataclass(frozen=True)
class Refresh:
    """A refresh under way: whom it asks for which tables, and what it keeps from the last run.

    `not_asked` are the tables it can't ask: they are not among the recordings it replays.
    """

    settings: Settings
    entries: Catalogue
    store: Store
    upstream: Upstream
    run_id: str
    tables: tuple[Table, ...]
    not_asked: tuple[str, ...]
    kept: tuple[Fetched, ...]

    def plan(self) -> list[Planned]:
        """Every call of the refresh.

        Raises UpstreamError where a publisher no longer has what the catalogue asks for.
        """
        _LOG.info("planning")
        if self.not_asked:
            _LOG.info("not among the recordings, so not asked: %s", ", ".join(self.not_asked))
        return [
            planned
            for table in self.tables
            for planned in kinds.plan(self.entries, table, self.upstream)
        ]

    def fetch(self, planned: Planned) -> Fetched:
        """Asks one planned call and keeps the reply before anything reads it.

        Raises UpstreamError.
        """
        _LOG.info("fetching %s", planned.table_id)
        reply = kinds.fetch(self.entries, planned, self.upstream, self.settings.files)
        self.store.keep(reply)
        return Fetched(planned, reply)

    def publish(self, fetched: Sequence[Fetched]) -> Summary:
        """Loads, models and checks beside the old warehouse, then publishes.

        Raises ChecksFailedError, WarehouseError or UpstreamError; the old warehouse stays.
        """
        warehouse = self.settings.warehouse
        earlier = loading.earlier_runs(self.settings)
        everything = [*fetched, *self.kept]
        self.store.write_manifest(self.run_id, everything)
        with publish.build(warehouse) as con:
            _LOG.info("loading replies")
            loading.make_tables(con)
            loading.load_catalogue(con, self.entries)
            loading.load_registers(con)
            loading.load_replies(con, self.entries, everything)
            loading.load_runs(
                con, earlier, self.run_id, self.settings.upstream, self.upstream.calls
            )
            _LOG.info("modelling")
            models.run_all(con)
            _LOG.info("checking")
            results = checks.run_all(con)
            checks.demand(results)
            _LOG.info("publishing")
            return Summary(
                self.run_id,
                self.settings.upstream,
                self.upstream.calls,
                tuple(_loaded(con)),
                tuple(results),
                _number(con, "select count(*) from raw.refused_row"),
                self.not_asked,
            )


@contextmanager
def opened(settings: Settings, only: Sequence[str] = ()) -> Iterator[Refresh]:
    """A refresh that no other process can disturb, of all tables or `only` some.

    `only` names tables or kinds of table; the others are kept as the last run had them. The lock
    is held from the first call to the swap, so that two refreshes do not ask for the same figures
    twice. Raises LockedError, UpstreamError, or InputError for a name in `only` that is unknown or
    that the upstream can't be asked for.
    """
    entries = catalogue.load(catalogue.FOLDER, settings.catalogue)
    store = Store(settings.home)
    chosen = _chosen(entries, only)
    tables, not_asked = _can_be_asked(chosen, settings.upstream)
    with (
        publish.sole_writer(settings.warehouse),
        Upstream(settings.upstream, budget=settings.budget) as upstream,
    ):
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        kept = _kept_from_before(settings, entries, store, tables) if only else ()
        yield Refresh(settings, entries, store, upstream, run_id, tables, not_asked, kept)


def _kept_from_before(
    settings: Settings, entries: Catalogue, store: Store, chosen: Sequence[Table]
) -> tuple[Fetched, ...]:
    """The replies of all other tables that are still declared, from the last published run."""
    runs = loading.earlier_runs(settings)
    if not len(runs):
        raise InputError(
            "--only refreshes part of a warehouse, and there is none yet; leave it out."
        )
    others = entries.table_by_id.keys() - {table.id for table in chosen}
    last = store.read_manifest(runs["run_id"][-1].as_py())
    return tuple(item for item in last if item.planned.table_id in others)


def run(settings: Settings, only: Sequence[str] = ()) -> Summary:
    """A whole refresh, one step after the other, without Prefect. Raises what the steps raise."""
    with opened(settings, only) as refresh:
        return refresh.publish([refresh.fetch(planned) for planned in refresh.plan()])


def record(settings: Settings, folder: Path) -> int:
    """Writes the replies of a whole plan as recordings; returns how many. Raises UpstreamError.

    What the catalogue declares as not recorded stays so.
    """
    with opened(settings) as everything:
        refresh = replace(everything, tables=tuple(t for t in everything.tables if t.recorded))
        planned = [item for item in refresh.plan() if item.call.url.startswith("http")]
        asked = [refresh.fetch(item).reply for item in planned]
        replies = {reply.reply_id: reply for reply in [*asked, *refresh.upstream.answered]}
    recording.write(folder, list(replies.values()))
    return len(replies)


def _chosen(entries: Catalogue, only: Sequence[str]) -> tuple[Table, ...]:
    if not only:
        return tuple(entries.tables)
    kinds_and_tables = {name for table in entries.tables for name in (table.kind, table.id)}
    if unknown := [name for name in only if name not in kinds_and_tables]:
        near = get_close_matches(unknown[0], kinds_and_tables, n=3, cutoff=0.4)
        kinds_there = sorted({table.kind for table in entries.tables})
        raise InputError(
            f"--only {unknown[0]}: there is no such table or kind of source. Choose"
            f" {' or '.join(near) or 'a table that status lists'}, or a kind:"
            f" {', '.join(kinds_there)}."
        )
    return tuple(table for table in entries.tables if table.id in only or table.kind in only)


def _can_be_asked(
    chosen: Sequence[Table], upstream: str
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The chosen tables that an upstream answers for, and the ids of those it has not recorded."""
    asked = tuple(table for table in chosen if upstream != "recorded" or table.recorded)
    not_asked = tuple(table.id for table in chosen if table not in asked)
    if not asked:
        raise InputError(
            f"--only {' '.join(not_asked)}: not among the recordings; add --upstream live."
        )
    return asked, not_asked


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
