"""The engine of a refresh: opens one under the writer lock and takes its steps in order.

`flows/refresh.py` runs the same steps as a Prefect flow; `run` here runs them directly.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from common.errors import InputError, UpstreamError
from flows import attempts, choice, log, runs, targets
from flows.outcome import Summary
from flows.settings import Settings
from flows.steps import Refresh
from sources import catalogue
from sources.contracts import Contracts
from sources.http import RequestLimits, Upstream
from sources.plan import Failed, Planned
from sources.store import Fetched, Manifest, Store
from warehouse import publish

_LOG = logging.getLogger("digidistrikt.refresh")


@contextmanager
def opened(settings: Settings, only: Sequence[str] = ()) -> Iterator[Refresh]:
    """Opens a refresh of all tables, or `only` some, under the writer lock.

    `only` names tables, kinds or numbers; they are asked whether they changed or not, and the
    others are kept as the last run had them. The lock is held from the first request to the swap,
    so that two refreshes do not ask for the same figures twice. Raises LockedError, UpstreamError,
    or InputError for a name in `only` that is unknown or that the upstream can't be asked for.
    """
    entries, store = catalogue.load(catalogue.FOLDER, settings.catalogue), Store(settings.home)
    targets.named(settings)  # a name that is none is told before anything is fetched
    tables, skipped = choice.can_be_asked(choice.chosen(entries, only), settings.upstream)
    limits = RequestLimits(requests=settings.calls_a_minute)
    with (
        publish.sole_writer(settings.warehouse, settings.shared),
        Upstream(settings.upstream, budget=settings.budget, limits=limits) as upstream,
    ):
        store.sweep()
        last_run = runs.last(settings.warehouse)
        started_at = _after(last_run)
        run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
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
            skipped,
            bool(only),
            last_run,
            last,
        )
        with log.of_run(run_id, lambda: upstream.requests):
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
        return targets.published(settings, refresh.publish(decisions, planned, fetched, failed))


def placed(planned: Sequence[Planned]) -> Iterator[tuple[Planned, str]]:
    """Each request of a plan, and in words which of its table it is, where there are several."""
    count = Counter(item.table_id for item in planned)
    seen: Counter[str] = Counter()
    for item in planned:
        seen[item.table_id] += 1
        number, of = seen[item.table_id], count[item.table_id]
        yield item, f", {number} of {of}" if of > 1 else ""


def _after(last_run: Mapping[str, Any] | None) -> datetime:
    """When a run starts: now, or just after a last run that a clock ahead dated in the future.

    Vintages stay in the order in which they were published.
    """
    now = datetime.now(UTC)
    if last_run is None or last_run["started_at"] < now:
        return now
    ahead: datetime = last_run["started_at"]
    _LOG.warning(
        "the last vintage is dated %s, in the future: the clock was ahead then, or is behind now."
        " This vintage is dated one second after it.",
        f"{ahead:%Y-%m-%d %H:%M}",
    )
    return ahead + timedelta(seconds=1)


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
