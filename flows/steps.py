"""The steps of a refresh: decide what to ask, plan, fetch, load, model, check, publish.

`flows/refresh.py` runs the same list as a Prefect flow; `run` here runs it directly.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from common.errors import (
    InputError,
    NoRoomError,
    NotKeptError,
    SourceError,
    UpstreamError,
    WarehouseError,
)
from common.text import nearest
from flows import attempts, build, load, log, provenance
from flows.load import Run
from flows.settings import Settings
from sources import catalogue, changes, recording, registry
from sources.catalogue import Catalogue, Table
from sources.changes import Decision
from sources.contracts import Contracts, ShapeError
from sources.http import Reply, RequestLimits, Upstream
from sources.plan import Failed, Planned
from sources.store import Fetched, Manifest, Store
from warehouse import publish
from warehouse.checks import Result

_LOG = logging.getLogger("digidistrikt.refresh")
# A refresh of everything takes minutes at 30 calls a minute. One that is taken up within the hour
# is still the same, but for tables that have changed since they were fetched.
_SAME_REFRESH = timedelta(hours=1)
_CLOCKS_DIFFER = timedelta(minutes=1)


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
    """What a refresh did; with `unchanged_since` it found nothing new and published nothing."""

    run_id: str
    upstream: str
    calls: int
    fewest_calls: int
    loaded: tuple[Loaded, ...] = ()
    checks: tuple[Result, ...] = ()
    refused_rows: int = 0
    not_asked: tuple[str, ...] = ()
    failed: tuple[Failed, ...] = ()
    unchanged_since: datetime | None = None

    @property
    def calls_told(self) -> str:
        """The calls made, beside the fewest that the plan takes."""
        made = f"{self.calls} call{'' if self.calls == 1 else 's'}"
        if self.calls == self.fewest_calls:
            return f"{made}, the planner's minimum"
        why = "some were asked again" if self.calls > self.fewest_calls else "some had been before"
        return f"{made}, the planner's minimum is {self.fewest_calls}: {why}"

    @property
    def figures(self) -> int:
        return sum(item.observations for item in self.loaded)


@dataclass(frozen=True)
class Refresh:
    """A refresh under way: whom it asks for which tables, and what the last run left.

    `by_name`: the tables were named by a person, and are asked whether they changed or not.
    `not_asked` are the tables it can't ask: they are not among the recordings it replays.
    """

    settings: Settings
    entries: Catalogue
    store: Store
    contracts: Contracts
    upstream: Upstream
    run_id: str
    started_at: datetime
    tables: tuple[Table, ...]
    not_asked: tuple[str, ...]
    by_name: bool
    last_run: dict[str, Any] | None
    last: Manifest | None

    def decide(self) -> list[Decision]:
        """Which tables to ask, by what changed since the last run. Raises UpstreamError."""
        if self.by_name:
            return [Decision(table.id, True, "asked for by name") for table in self.tables]
        _LOG.info("asking what changed")
        return changes.decide(self.entries, self.tables, self.last, self.upstream)

    def plan(self, decisions: Sequence[Decision]) -> tuple[list[Planned], list[Failed]]:
        """Every call for the tables to ask, and the tables for which none can be planned."""
        if self.not_asked:
            _LOG.info("not among the recordings, so not asked: %s", ", ".join(self.not_asked))
        if self.taken_up:
            _LOG.info("%d answers of a run that was broken off are there", len(self.taken_up))
            self.upstream.remember(self.taken_up.values())
        planned: list[Planned] = []
        failed: list[Failed] = []
        for table in (self.entries.table_by_id[d.table_id] for d in decisions if d.asked):
            if table.kind != "file":
                _LOG.info("planning %s", table.id)
            try:
                planned += self.contracts.plan(self.entries, table, self.upstream)
            except UpstreamError as error:
                failed.append(self._failed(table, error))
        _LOG.info("%s calls in all", self._fewest_calls(decisions, planned))
        return planned, failed

    def _fewest_calls(self, decisions: Sequence[Decision], planned: Sequence[Planned]) -> int:
        """Those of the plan and, where it was read, of StatBank's list of changes."""
        list_read = any(item.is_listed for item in decisions)
        return registry.fewest_calls(self.entries, planned, self.upstream) + list_read

    def fetch(self, planned: Planned, place: str = "") -> Fetched:
        """Asks one planned call and keeps the reply before anything reads it.

        `place` is where the call stands in the plan, for who waits. What a run that was broken off
        had fetched is not asked again. Raises UpstreamError.
        """
        of_table = {"table": planned.table_id}
        if planned in self.taken_up:
            _LOG.info("fetched before, %s%s", planned.table_id, place, extra=of_table)
            return Fetched(planned, self.taken_up[planned])
        _LOG.info("fetching %s%s", planned.table_id, place, extra=of_table)
        table = self.entries.table_by_id[planned.table_id]
        reply = registry.of(table).fetch(self.entries, planned, self.upstream, self.settings.files)
        self.store.keep(reply)
        fetched = Fetched(planned, reply)
        if self._is_asked_outside(planned.table_id):
            self.store.note_unfinished(fetched)
        return fetched

    def publish(
        self,
        decisions: Sequence[Decision],
        planned: Sequence[Planned],
        fetched: Sequence[Fetched],
        failed: Sequence[Failed],
    ) -> Summary:
        """Loads, models and checks beside the old warehouse, then publishes, if anything is new.

        A table that failed, came older than it is held, or in another shape than was agreed, keeps
        its last good replies, and is said to be stale; one that was asked for by name may be older.
        Raises UpstreamError if nothing could be had at all, or not what names and codes are
        understood by; ChecksFailedError or WarehouseError; then the old warehouse stays.
        """
        gone_back = [] if self.by_name else changes.gone_back(fetched, self._last_good)
        failures = {item.table_id: item for item in reversed([*failed, *gone_back])}
        whole = [item for item in fetched if item.planned.table_id not in failures]
        if misshapen := {item.table_id: item for item in self._misshapen(whole)}:
            self.store.forget_unfinished()
            failures |= misshapen
        new = [item for item in whole if item.planned.table_id not in failures]
        asked = {item.table_id for item in decisions if item.asked} - failures.keys()
        kept = [item for item in self._last_good if item.planned.table_id not in asked]
        self._demand_something(decisions, [*new, *kept], list(failures.values()))
        if self._is_nothing_new([*new, *kept]) and not failures:
            self.store.forget_unfinished()
            attempts.note(self.settings, self.run_id, "nothing_new", "nothing new")
            return Summary(
                self.run_id,
                self.settings.upstream,
                self.upstream.calls,
                self._fewest_calls(decisions, planned),
                not_asked=self.not_asked,
                unchanged_since=self.last_run["started_at"] if self.last_run else None,
            )
        with self._judged(), publish.build(self.settings.warehouse) as con:
            used, unread = build.load_sources(con, self.entries, [*new, *kept], self._last_good)
            failures |= {item.table_id: item for item in unread}
            self._demand_something(decisions, used, list(failures.values()))
            results = build.finish(con, self.settings.warehouse, self._run(decisions, failures))
            self._write_manifest(decisions, used, failures)
            summary = Summary(
                self.run_id,
                self.settings.upstream,
                self.upstream.calls,
                self._fewest_calls(decisions, planned),
                tuple(_loaded(con)),
                tuple(results),
                _number(con, "select count(*) from raw.refused_row"),
                self.not_asked,
                tuple(failures.values()),
            )
        for table_id in {item.planned.table_id for item in new} - failures.keys():
            self.contracts.agree(*self._came(table_id, new))
        self.store.forget_unfinished()
        told = "; ".join(item.told for item in summary.failed) or "published"
        attempts.note(self.settings, self.run_id, "published", told)
        return summary

    def _misshapen(self, fetched: Sequence[Fetched]) -> Iterator[Failed]:
        """Tables with a new reply that are not in the shape agreed.

        StatBank's are held against their contracts before they are fetched.
        """
        known = self.last.content if self.last else frozenset()
        new = [item for item in fetched if item.identity not in known]
        for table_id in dict.fromkeys(item.planned.table_id for item in new):
            entries, table, upstream, replies = self._came(table_id, fetched)
            if table.kind != "statbank":
                try:
                    self.contracts.demand(entries, table, upstream, replies)
                except UpstreamError as error:
                    yield self._failed(table, error)

    def _came(
        self, table_id: str, fetched: Sequence[Fetched]
    ) -> tuple[Catalogue, Table, Upstream, list[Reply]]:
        """What the contract of a table is about."""
        replies = [item.reply for item in fetched if item.planned.table_id == table_id]
        return self.entries, self.entries.table_by_id[table_id], self.upstream, replies

    def _failed(self, table: Table, error: UpstreamError) -> Failed:
        """What is told of a table; another shape is kept, for a person to look at."""
        if not isinstance(error, ShapeError):
            return Failed(table.id, str(error))
        self.contracts.keep(error.difference)
        return Failed(table.id, str(error), error.difference.text)

    @cached_property
    def taken_up(self) -> Mapping[Planned, Reply]:
        """What a run that was killed or ran out of room had fetched, and is still what there is.

        Raises UpstreamError if StatBank can't say what has changed since.
        """
        found = [
            item
            for item in self.store.unfinished()
            if item.reply.upstream == self.upstream.name
            and item.reply.fetched_at > self.started_at - _SAME_REFRESH
            and item.planned.table_id in self.entries.table_by_id
        ]
        changed = changes.changed_at(self.upstream, [item.reply.fetched_at for item in found])
        return {
            item.planned: item.reply
            for item in found
            if not (at := changed.get(self.entries.table_by_id[item.planned.table_id].table or ""))
            or at + _CLOCKS_DIFFER < item.reply.fetched_at
        }

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """What was read and found wanting is asked anew; after a full disk it need not be."""
        try:
            yield
        except (SourceError, WarehouseError) as error:
            if not isinstance(error, NotKeptError | NoRoomError):
                self.store.forget_unfinished()
            raise

    def _is_asked_outside(self, table_id: str) -> bool:
        is_file = self.entries.table_by_id[table_id].kind == "file"
        return not is_file and self.upstream.name != "recorded"

    @property
    def _last_good(self) -> Sequence[Fetched]:
        """What the last run kept of tables that are still in the catalogue."""
        replies = self.last.replies if self.last else ()
        return [item for item in replies if item.planned.table_id in self.entries.table_by_id]

    def _is_nothing_new(self, replies: Sequence[Fetched]) -> bool:
        if self.last is None or self.last_run is None or self.last.failed:
            return False
        same_code = (
            self.last_run["code_version"],
            self.last_run["code_digest"],
        ) == provenance.of_warehouse(self.settings.catalogue)
        return same_code and Manifest(self.upstream.name, tuple(replies)).content == (
            self.last.content
        )

    def _demand_something(
        self, decisions: Sequence[Decision], had: Sequence[Fetched], failed: Sequence[Failed]
    ) -> None:
        """Nothing is published if all asked outside failed, or codes can't be understood."""
        outside = {
            item.table_id
            for item in decisions
            if item.asked and self.entries.table_by_id[item.table_id].kind != "file"
        }
        tables_had = {item.planned.table_id for item in had}
        for item in failed:
            table = self.entries.table_by_id[item.table_id]
            is_klass = table.kind == "klass" and table.holds != "classification"
            if outside <= {f.table_id for f in failed} or (
                is_klass and item.table_id not in tables_had
            ):
                raise UpstreamError(item.told)

    def _run(self, decisions: Sequence[Decision], failures: Mapping[str, Failed]) -> Run:
        outcomes = dict.fromkeys(self.not_asked, ("not_asked", "not among the recordings"))
        outcomes |= {item: ("failed", told) for item, told in self._still_stale(decisions).items()}
        outcomes |= {
            item.table_id: ("fetched" if item.asked else "unchanged", item.why)
            for item in decisions
        }
        outcomes |= {item: ("failed", failure.told) for item, failure in failures.items()}
        return Run(
            self.run_id,
            self.started_at,
            self.upstream.name,
            provenance.of_warehouse(self.settings.catalogue),
            self.upstream.calls,
            outcomes,
            str(self.last_run["run_id"]) if self.last_run else None,
            {item: failure.difference for item, failure in failures.items() if failure.difference},
        )

    def _still_stale(self, decisions: Sequence[Decision]) -> dict[str, str]:
        """What failed the last time and was left aside this time, with what was told of it."""
        failed = self.last.failed if self.last else {}
        left_aside = self.entries.table_by_id.keys() - {item.table_id for item in decisions}
        return {item: told for item, told in failed.items() if item in left_aside}

    def _write_manifest(
        self,
        decisions: Sequence[Decision],
        used: Sequence[Fetched],
        failures: Mapping[str, Failed],
    ) -> None:
        """Before the swap, so that no published run is without one."""
        self.store.write_manifest(
            self.run_id,
            Manifest(
                self.upstream.name,
                tuple(used),
                {table.id: changes.declared(self.entries, table) for table in self.entries.tables},
                self._still_stale(decisions)
                | {item: failure.told for item, failure in failures.items()},
                self._run(decisions, failures).noted(),
            ),
        )


@contextmanager
def opened(settings: Settings, only: Sequence[str] = ()) -> Iterator[Refresh]:
    """A refresh that no other process can disturb, of all tables or `only` some.

    `only` names tables, kinds or numbers; they are asked whether they changed or not, and the
    others are kept as the last run had them. The lock is held from the first call to the swap, so
    that two refreshes do not ask for the same figures twice. Raises LockedError, UpstreamError, or
    InputError for a name in `only` that is unknown or that the upstream can't be asked for.
    """
    entries, store = catalogue.load(catalogue.FOLDER, settings.catalogue), Store(settings.home)
    tables, not_asked = _can_be_asked(_chosen(entries, only), settings.upstream)
    limits = RequestLimits(calls=settings.calls_a_minute)
    with (
        publish.sole_writer(settings.warehouse),
        Upstream(settings.upstream, budget=settings.budget, limits=limits) as upstream,
    ):
        started_at = datetime.now(UTC)
        store.sweep()
        run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        last_run = load.last_run(settings)
        if only and last_run is None:
            raise InputError(
                "--only refreshes part of a warehouse, and there is none yet; leave it out."
            )
        last = _left_by(store, last_run, bool(only))
        if last and last.upstream != upstream.name and not only:
            last = None  # what one upstream answered never stands in for another
        refresh = Refresh(
            settings,
            entries,
            store,
            Contracts(settings.contracts),
            upstream,
            run_id,
            started_at,
            tables,
            not_asked,
            bool(only),
            last_run,
            last,
        )
        with log.of_run(run_id, lambda: upstream.calls):
            try:
                yield refresh
            except Exception as error:
                attempts.note(settings, run_id, "failed", str(error))
                raise


def run(settings: Settings, only: Sequence[str] = ()) -> Summary:
    """A whole refresh, one step after the other, without Prefect. Raises what the steps raise."""
    with opened(settings, only) as refresh:
        decisions = refresh.decide()
        planned, failed = refresh.plan(decisions)
        fetched: list[Fetched] = []
        for item, place in placed(planned):
            try:
                fetched.append(refresh.fetch(item, place))
            except UpstreamError as error:
                failed.append(Failed(item.table_id, str(error)))
        return refresh.publish(decisions, planned, fetched, failed)


def placed(planned: Sequence[Planned]) -> Iterator[tuple[Planned, str]]:
    """Each call of a plan, and in words which of its table it is, where there are several."""
    count = Counter(item.table_id for item in planned)
    seen: Counter[str] = Counter()
    for item in planned:
        seen[item.table_id] += 1
        number, of = seen[item.table_id], count[item.table_id]
        yield item, f", {number} of {of}" if of > 1 else ""


def record(settings: Settings, folder: Path) -> int:
    """Writes the replies of a whole plan as recordings; returns how many. Raises UpstreamError.

    What the catalogue declares as not recorded stays so.
    """
    with opened(settings) as everything:
        refresh = replace(everything, tables=tuple(t for t in everything.tables if t.recorded))
        planned, failed = refresh.plan([Decision(t.id, True, "recorded") for t in refresh.tables])
        if failed:
            raise UpstreamError(failed[0].told)
        planned = [item for item in planned if item.call.url.startswith("http")]
        asked = [refresh.fetch(item).reply for item in planned]
        replies = {reply.reply_id: reply for reply in [*asked, *refresh.upstream.answered]}
        refresh.store.forget_unfinished()
    recording.write(folder, list(replies.values()))
    return len(replies)


def _left_by(store: Store, last_run: Mapping[str, Any] | None, needed: bool) -> Manifest | None:
    """What the last run kept. If that is gone or damaged everything is asked again, unless needed.

    Raises InputError if it is `needed` and can't be had.
    """
    if last_run is None:
        return None
    try:
        return store.read_manifest(str(last_run["run_id"]))
    except InputError as error:
        if needed:
            raise
        _LOG.warning("everything is asked again: %s", error)
        return None


def _chosen(entries: Catalogue, only: Sequence[str]) -> tuple[Table, ...]:
    if not only:
        return tuple(entries.tables)
    called = {name: entries.called(name) for name in only}
    if unknown := [name for name, tables in called.items() if not tables]:
        names = {name for table in entries.tables for name in table.names}
        near = nearest(unknown[0], names)
        kinds_there = sorted({table.kind for table in entries.tables})
        raise InputError(
            f"--only {unknown[0]}: there is no such table or kind of source. Choose"
            f" {' or '.join(near) or 'a table that status lists'}, or a kind:"
            f" {', '.join(kinds_there)}."
        )
    chosen = {table.id for tables in called.values() for table in tables}
    return tuple(table for table in entries.tables if table.id in chosen)


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
