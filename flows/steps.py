"""The steps of a refresh: decide what to ask, plan, fetch, load, model, check, publish."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from common.errors import (
    LockedError,
    NoRoomError,
    NotKeptError,
    SourceError,
    UpstreamError,
    WarehouseError,
)
from flows import attempts, build, provenance
from flows.behind import last_good_of, sources_behind
from flows.outcome import Summary
from flows.runs import Run
from flows.settings import Settings
from sources import changes, registry
from sources.catalogue import Catalogue, Table
from sources.changes import Decision
from sources.contracts import Contracts, ShapeError
from sources.http import Reply, Upstream
from sources.plan import Failed, Planned
from sources.store import Fetched, Manifest, Store
from warehouse import publish
from warehouse.checks import FaultsError

_LOG = logging.getLogger("digidistrikt.refresh")
# A refresh of everything takes minutes at 30 requests a minute. One that is resumed within the hour
# is still the same, but for tables that have changed since they were fetched. StatBank tells which
# did: a large table of it may take hours, and is resumed within a day.
_SAME_REFRESH = {"statbank": timedelta(days=1)}
_SAME_REFRESH_ELSEWHERE = timedelta(hours=1)
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class Refresh:
    """A refresh under way: whom it asks for which tables, and what the last run left.

    `by_name`: the tables were named by a person, and are asked whether they changed or not.
    `skipped` are the tables it can't ask: the upstream has no recording of them.
    """

    settings: Settings
    entries: Catalogue
    store: Store
    contracts: Contracts
    upstream: Upstream
    run_id: str
    started_at: datetime
    tables: tuple[Table, ...]
    skipped: tuple[str, ...]
    by_name: bool
    last_run: dict[str, Any] | None
    last: Manifest | None

    # --- decide, plan, fetch ---------------------------------------------------------------

    def decide(self) -> list[Decision]:
        """Which tables to ask, by what changed since the last run. Raises UpstreamError."""
        if self.by_name:
            return [Decision(table.id, True, "asked for by name") for table in self.tables]
        _LOG.info("asking what changed")
        return changes.decide(self.entries, self.tables, self.last, self.upstream)

    def plan(self, decisions: Sequence[Decision]) -> tuple[list[Planned], list[Failed]]:
        """Every request for the tables to ask, and the tables for which none can be planned."""
        if self.skipped:
            _LOG.info("skipped (no recording): %s", ", ".join(self.skipped))
        if self.resumed:
            _LOG.info("resuming: %d replies of the last refresh are kept", len(self.resumed))
            self.upstream.remember(self.resumed.values())
        planned: list[Planned] = []
        failed: list[Failed] = []
        for table in (self.entries.table_by_id[d.table_id] for d in decisions if d.asked):
            if table.kind != "file":
                _LOG.info("planning %s", table.id)
            try:
                planned += self.contracts.plan(self.entries, table, self.upstream)
            except UpstreamError as error:
                failed.append(self._failed(table, error))
        _LOG.info("%s requests in all", self._fewest_requests(decisions, planned))
        return planned, failed

    def fetch(self, planned: Planned, place: str = "") -> Fetched:
        """Sends one planned request and keeps the reply before anything reads it.

        `place` is where the request stands in the plan, for who waits. A reply that an interrupted
        run had fetched is used again. Raises UpstreamError.
        """
        of_table = {"table": planned.table_id}
        if planned in self.resumed:
            _LOG.info("fetched before, %s%s", planned.table_id, place, extra=of_table)
            return Fetched(planned, self.resumed[planned])
        _LOG.info("fetching %s%s", planned.table_id, place, extra=of_table)
        return self._ask(planned)

    def _ask(self, planned: Planned) -> Fetched:
        table = self.entries.table_by_id[planned.table_id]
        reply = registry.of(table).fetch(self.entries, planned, self.upstream, self.settings.files)
        fetched = Fetched(planned, self.store.keep(reply))
        if self._is_asked_outside(planned.table_id):
            self.store.note_unfinished(fetched)
        return fetched

    @cached_property
    def resumed(self) -> Mapping[Planned, Reply]:
        """What an interrupted run, or one without room on the disk, had fetched and still holds.

        Raises UpstreamError if StatBank can't say what has changed since.
        """
        found = [
            item
            for item in self.store.unfinished()
            if item.reply.upstream == self.upstream.name
            and (table := self.entries.table_by_id.get(item.planned.table_id))
            and item.reply.fetched_at
            > self.started_at - _SAME_REFRESH.get(table.kind, _SAME_REFRESH_ELSEWHERE)
        ]
        changed = changes.changed_at(self.upstream, [item.reply.fetched_at for item in found])
        return {
            item.planned: item.reply
            for item in found
            if not (at := changed.get(self.entries.table_by_id[item.planned.table_id].table or ""))
            or at + _CLOCKS_DIFFER < item.reply.fetched_at
        }

    # --- load, model, check, publish -------------------------------------------------------

    def publish(
        self,
        decisions: Sequence[Decision],
        planned: Sequence[Planned],
        fetched: Sequence[Fetched],
        failed: Sequence[Failed],
    ) -> Summary:
        """Loads, models and checks beside the old warehouse, then publishes, if anything is new.

        A table that failed, came older than it is held, in another shape than was agreed, or with
        figures that a check refuses, keeps its last good replies, and is said to be stale; one that
        was asked for by name may be older.
        Raises UpstreamError if nothing could be had at all, or not what names and codes are
        understood by; ChecksFailedError or WarehouseError; then the old warehouse stays.
        """
        whole, changing = changes.of_one_version(fetched, self._ask)
        new, failures = self._accepted(whole, [*failed, *changing])
        asked = {item.table_id for item in decisions if item.asked} - failures.keys()
        kept = [item for item in self._last_good if item.planned.table_id not in asked]
        if self._is_nothing_new([*new, *kept], self._stale(decisions, failures)):
            return self._unchanged(decisions, planned, failures)
        self._require_something(decisions, [*new, *kept], list(failures.values()))
        with self._discard_rejected():
            summary, failures = self._build(decisions, planned, [*new, *kept], failures)
        if summary.unchanged_since:
            return summary
        for table_id in {item.planned.table_id for item in new} - failures.keys():
            self.contracts.agree(*self._received(table_id, new))
        self.store.forget_unfinished()
        message = "; ".join(item.message for item in summary.failed) or "published"
        attempts.note(self.settings, self.run_id, "published", message)
        return summary

    def _unchanged(
        self,
        decisions: Sequence[Decision],
        planned: Sequence[Planned],
        failures: Mapping[str, Failed],
    ) -> Summary:
        """Nothing is published: the warehouse has all of this, and says what is stale."""
        self.store.forget_unfinished()
        failed = tuple(failures.values())
        message = "; ".join(["nothing new", *(item.message for item in failed)])
        attempts.note(self.settings, self.run_id, "nothing_new", message)
        since = self.last_run["started_at"] if self.last_run else None
        return replace(self._summary(decisions, planned), unchanged_since=since, failed=failed)

    def _build(
        self,
        decisions: Sequence[Decision],
        planned: Sequence[Planned],
        replies: Sequence[Fetched],
        failures: Mapping[str, Failed],
    ) -> tuple[Summary, dict[str, Failed]]:
        """Publishes what the replies come to, and what failed, by table.

        Where a check refuses figures, it is made again with their sources left behind.
        """
        try:
            changed = self._changed(replies)
            with publish.build(self.settings.warehouse, of_old=changed is not None) as con:
                used, unread = build.load_sources(
                    con, self.settings, self.entries, replies, self._last_good, changed
                )
                failed = {**failures, **{item.table_id: item for item in unread}}
                self._require_something(decisions, used, list(failed.values()))
                run = self._run(decisions, failed)
                results = build.finish(con, self.settings.warehouse, run, changed)
                self._write_manifest(used, self._stale(decisions, failed), run)
                summary = self._summary(decisions, planned)
                summary = summary.of_built(con, results, [*failed.values()])
            return replace(summary, code_change=self._code_change(run)), failed
        except FaultsError as error:
            behind = sources_behind(error, replies, self._last_good)
            if not behind:
                raise
            failed = {**failures, **{item.table_id: item for item in behind}}
            replies = last_good_of({item.table_id for item in behind}, replies, self._last_good)
            if self._is_nothing_new(replies, self._stale(decisions, failed)):
                return self._unchanged(decisions, planned, failed), failed
            if self._is_nothing_left(decisions, failed):
                raise
        _LOG.warning("staying behind: %s", "; ".join(item.message for item in behind))
        return self._build(decisions, planned, replies, failed)

    def _changed(self, replies: Sequence[Fetched]) -> frozenset[str] | None:
        """The tables to make anew in a copy of the last vintage; None if there is none to go by.

        That vintage may be of another catalogue of the user's own: what it declares is compared.
        """
        if self.last is None or self.last_run is None:
            return None
        before, today = map(provenance.without_catalogue, (self._code_before, self._code))
        if before != today:
            return None
        return build.changed(self.settings, self.entries, self.last, replies)

    def _accepted(
        self, fetched: Sequence[Fetched], failed: Sequence[Failed]
    ) -> tuple[list[Fetched], dict[str, Failed]]:
        """The replies to load, and by table what failed, came older or in another shape."""
        older = [] if self.by_name else changes.older_than_held(fetched, self._last_good)
        failures = {item.table_id: item for item in reversed([*failed, *older])}
        whole = [item for item in fetched if item.planned.table_id not in failures]
        if other_shape := {item.table_id: item for item in self._contract_violations(whole)}:
            self.store.forget_unfinished()
            failures |= other_shape
        return [item for item in whole if item.planned.table_id not in failures], failures

    def _contract_violations(self, fetched: Sequence[Fetched]) -> Iterator[Failed]:
        """Tables with a new reply that are not in the shape agreed.

        StatBank's are held against their contracts before they are fetched.
        """
        known = self.last.content if self.last else frozenset()
        new = [item for item in fetched if item.identity not in known]
        for table_id in dict.fromkeys(item.planned.table_id for item in new):
            entries, table, upstream, replies = self._received(table_id, fetched)
            if table.kind != "statbank":
                try:
                    self.contracts.require(entries, table, upstream, replies)
                except UpstreamError as error:
                    yield self._failed(table, error)

    def _received(
        self, table_id: str, fetched: Sequence[Fetched]
    ) -> tuple[Catalogue, Table, Upstream, list[Reply]]:
        """What the contract of a table is about."""
        replies = [item.reply for item in fetched if item.planned.table_id == table_id]
        return self.entries, self.entries.table_by_id[table_id], self.upstream, replies

    def _failed(self, table: Table, error: UpstreamError) -> Failed:
        """The failure of a table; another shape is kept, for a person to look at."""
        if not isinstance(error, ShapeError):
            return Failed(table.id, str(error))
        self.contracts.keep(error.difference)
        return Failed(table.id, str(error), error.difference.text)

    @contextmanager
    def _discard_rejected(self) -> Iterator[None]:
        """Replies that were rejected when read are asked again; those that met no fault stay."""
        try:
            yield
        except (SourceError, WarehouseError) as error:
            if not isinstance(error, NotKeptError | NoRoomError | LockedError):
                self.store.forget_unfinished()
            raise

    def _require_something(
        self, decisions: Sequence[Decision], had: Sequence[Fetched], failed: Sequence[Failed]
    ) -> None:
        """Nothing is published if all asked outside failed, or codes can't be understood."""
        tables_had = {item.planned.table_id for item in had}
        for item in failed:
            table = self.entries.table_by_id[item.table_id]
            is_klass = table.kind == "klass" and table.holds != "classification"
            if self._is_nothing_left(decisions, {f.table_id for f in failed}) or (
                is_klass and item.table_id not in tables_had
            ):
                raise UpstreamError(item.message)

    def _is_nothing_left(self, decisions: Sequence[Decision], failed: Collection[str]) -> bool:
        """Whether all that was asked outside failed."""
        return all(
            item.table_id in failed
            for item in decisions
            if item.asked and self.entries.table_by_id[item.table_id].kind != "file"
        )

    # --- what is noted ---------------------------------------------------------------------

    def _summary(self, decisions: Sequence[Decision], planned: Sequence[Planned]) -> Summary:
        return Summary(
            self.run_id,
            self.settings.upstream,
            self.upstream.requests,
            self._fewest_requests(decisions, planned),
            self.upstream.retried,
            self.skipped,
        )

    def _fewest_requests(self, decisions: Sequence[Decision], planned: Sequence[Planned]) -> int:
        """Those of the plan and, where it was read, of StatBank's list of changes."""
        list_read = any(item.is_listed for item in decisions)
        return registry.fewest_requests(self.entries, planned, self.upstream) + list_read

    def _run(self, decisions: Sequence[Decision], failures: Mapping[str, Failed]) -> Run:
        outcomes = dict.fromkeys(self.skipped, ("skipped", "no recording"))
        outcomes |= {
            item.table_id: ("fetched" if item.asked else "unchanged", item.why)
            for item in decisions
        }
        stale = self._stale(decisions, failures)
        outcomes |= {item: ("failed", message) for item, message in stale.items()}
        return Run(
            self.run_id,
            self.started_at,
            self.upstream.name,
            self._code,
            self.upstream.requests,
            outcomes,
            str(self.last_run["run_id"]) if self.last_run else None,
            {item: failure.difference for item, failure in failures.items() if failure.difference},
        )

    def _code_change(self, run: Run) -> str:
        """A sentence if other code built the vintage before, which is kept as it was published."""
        if self.last_run is None:
            return ""
        before = f"{self.last_run['code_version']} {self.last_run['code_digest']}"
        today = " ".join(run.code)
        if before == today:
            return ""
        return (
            f"Code or catalogue changed: the last vintage was built by {before}, this one by"
            f" {today}. All earlier vintages are kept."
        )

    def _stale(
        self, decisions: Sequence[Decision], failures: Mapping[str, Failed]
    ) -> dict[str, str]:
        """What failed now, or failed the last time and was not asked this time: table, message."""
        failed = self.last.failed if self.last else {}
        not_asked = self.entries.table_by_id.keys() - {item.table_id for item in decisions}
        before = {item: message for item, message in failed.items() if item in not_asked}
        return before | {item: failure.message for item, failure in failures.items()}

    def _write_manifest(self, used: Sequence[Fetched], stale: Mapping[str, str], run: Run) -> None:
        """Before the swap, so that no published run is without one."""
        declared = changes.declarations(self.entries)
        manifest = Manifest(self.upstream.name, tuple(used), declared, stale, run.noted())
        self.store.write_manifest(self.run_id, manifest)

    def _is_asked_outside(self, table_id: str) -> bool:
        is_file = self.entries.table_by_id[table_id].kind == "file"
        return not is_file and self.upstream.name != "recorded"

    @property
    def _last_good(self) -> Sequence[Fetched]:
        """What the last run kept of tables that are still in the catalogue."""
        replies = self.last.replies if self.last else ()
        return [item for item in replies if item.planned.table_id in self.entries.table_by_id]

    def _is_nothing_new(self, replies: Sequence[Fetched], stale: Mapping[str, str]) -> bool:
        """Whether the last run had the same replies, and the same failures."""
        if self.last is None or self.last_run is None or self.last.failed != stale:
            return False
        content = Manifest(self.upstream.name, tuple(replies)).content
        return self._code_before == self._code and content == self.last.content

    @cached_property
    def _code(self) -> tuple[str, str]:
        """The code and the catalogue of today."""
        return provenance.of_warehouse(self.settings.catalogue)

    @property
    def _code_before(self) -> tuple[str, str]:
        """Those that built the vintage before."""
        before = self.last_run or {}
        return str(before.get("code_version")), str(before.get("code_digest"))
