"""What has to be asked again: what changed at its publisher, and what is known too little of.

StatBank is asked once which tables changed; the other services have no such list and are asked
once a week, Klass also when a year begins: municipalities change on 1 January. Files lie here, so
they are always read.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from common.errors import UpstreamError
from common.text import shown
from sources.catalogue import Catalogue, Table
from sources.http import Upstream
from sources.plan import Failed, Planned
from sources.statbank import api
from sources.store import Fetched, Manifest

_LOG = logging.getLogger("digidistrikt.refresh")
_CLOCKS_DIFFER = timedelta(minutes=1)
_REST = timedelta(days=7)  # between two questions to a service without a list of changes
_CACHE = timedelta(hours=1)  # a table that changed just before it was fetched may have come stale


@dataclass(frozen=True)
class Decision:
    """Whether a table is asked, and why; `is_listed` if StatBank's list of changes told it."""

    table_id: str
    asked: bool
    why: str
    is_listed: bool = False


def decide(
    entries: Catalogue, tables: Sequence[Table], last: Manifest | None, upstream: Upstream
) -> list[Decision]:
    """One decision a table, from what the last run kept. At most one question to StatBank.

    Raises UpstreamError if StatBank's list of changes can't be read.
    """
    if upstream.name == "recorded":
        return [Decision(table.id, True, "replayed") for table in tables]
    if last is None or last.upstream != upstream.name:
        return [Decision(table.id, True, f"never asked of {upstream.name}") for table in tables]
    kept = {
        table.id: [f for f in last.replies if f.planned.table_id == table.id] for table in tables
    }
    known = {table.id: _known(entries, table, kept[table.id], last) for table in tables}
    listed = [table for table in tables if table.kind == "statbank" and known[table.id] is None]
    changed = changed_at(upstream, [_fetched_at(kept[table.id]) for table in listed])
    return [known[table.id] or _by_time(table, kept[table.id], changed) for table in tables]


def older_than_held(fetched: Sequence[Fetched], held: Sequence[Fetched]) -> list[Failed]:
    """Tables that came older than they are held, by the `updated` of their replies.

    The publisher took a change back, or a cache gave an old reply. Which, a person has to find out;
    until then the figures held are the last good ones.
    """
    known = {item.reply.reply_id for item in held}
    new = [item for item in fetched if item.reply.reply_id not in known]
    came, had = _updated(new, min), _updated(held, max)
    return [
        Failed(
            table_id,
            f"{table_id}: came as of {came[table_id]:%Y-%m-%d %H:%M}, older than what is held, of"
            f" {had[table_id]:%Y-%m-%d %H:%M}: the publisher took a change back, or an old copy was"
            f" served. To take it nevertheless: digidistrikt refresh --only {table_id}",
        )
        for table_id in came.keys() & had.keys()
        if came[table_id] < had[table_id]
    ]


def of_one_version(
    fetched: Sequence[Fetched], ask: Callable[[Planned], Fetched]
) -> tuple[list[Fetched], list[Failed]]:
    """The replies, where a table changed between its parts the older ones asked once more.

    A table of which they still differ has failed: its figures would be of two versions.
    """
    whole = {item.planned: item for item in fetched}
    for item in _older_parts(fetched):
        _LOG.info("fetching %s once more: it changed meanwhile", item.planned.table_id)
        with suppress(UpstreamError):  # then the part stays older than the others
            whole[item.planned] = ask(item.planned)
    replies = list(whole.values())
    return replies, [
        Failed(
            table_id,
            f"{table_id}: it changes while it is fetched, and its parts are of different versions;"
            " refresh again",
        )
        for table_id in dict.fromkeys(item.planned.table_id for item in _older_parts(replies))
    ]


def _older_parts(fetched: Sequence[Fetched]) -> list[Fetched]:
    newest = _updated(fetched, max)
    return [
        item
        for item in fetched
        if item.reply.updated and item.reply.updated < newest[item.planned.table_id]
    ]


def _updated(
    items: Iterable[Fetched], which: Callable[[datetime, datetime], datetime]
) -> dict[str, datetime]:
    """The first or last `updated` of each table's replies, of those that say it."""
    found: dict[str, datetime] = {}
    for item in items:
        if moment := item.reply.updated:
            table_id = item.planned.table_id
            found[table_id] = which(found.get(table_id, moment), moment)
    return found


def declared(entries: Catalogue, table: Table) -> str:
    """A digest of what the catalogue asks of a table: another one means another question."""
    indicators = (i for i in entries.indicators if any(o.table == table.id for o in i.origins))
    parts = [table, *indicators, *entries.traits_of(table.id)]
    return sha256("\n".join(part.model_dump_json() for part in parts).encode()).hexdigest()[:16]


def declarations(entries: Catalogue) -> dict[str, str]:
    """`declared` of each table."""
    return {table.id: declared(entries, table) for table in entries.tables}


def _known(
    entries: Catalogue, table: Table, kept: Sequence[Fetched], last: Manifest
) -> Decision | None:
    """A decision that needs no question and no clock, or None."""
    if table.kind == "file":
        return Decision(table.id, True, "a file that lies here")
    if not kept:
        return Decision(table.id, True, "never answered")
    if (ahead := max(item.reply.fetched_at for item in kept)) > datetime.now(UTC) + _CLOCKS_DIFFER:
        return Decision(table.id, True, f"fetched at {ahead:%Y-%m-%d %H:%M}, a time in the future")
    if table.id in last.failed:
        return Decision(table.id, True, "failed the last time")
    if last.declared.get(table.id) != declared(entries, table):
        return Decision(table.id, True, "the catalogue asks for something else")
    return None


def _by_time(table: Table, kept: Sequence[Fetched], changed: dict[str, datetime]) -> Decision:
    fetched_at = _fetched_at(kept)
    if table.kind == "statbank":
        at = changed.get(table.table or "")
        if at is not None and at > fetched_at - _CACHE:
            return Decision(table.id, True, f"changed {at:%Y-%m-%d %H:%M}", is_listed=True)
        if at is not None and at < _updated(kept, max).get(table.id, at):
            return Decision(table.id, True, f"went back to {at:%Y-%m-%d %H:%M}", is_listed=True)
        unchanged = f"unchanged since {fetched_at:%Y-%m-%d %H:%M}"
        return Decision(table.id, False, unchanged, is_listed=True)
    now = datetime.now(UTC)
    if table.kind == "klass" and fetched_at.year < now.year:
        return Decision(table.id, True, f"the municipalities of {now.year}")
    if now - fetched_at > _REST:
        return Decision(table.id, True, f"not asked for {_REST.days} days")
    return Decision(
        table.id, False, f"asked {fetched_at:%Y-%m-%d}; asked again after {_REST.days} days"
    )


def changed_at(upstream: Upstream, fetched_at: Iterable[datetime]) -> dict[str, datetime]:
    """When StatBank's tables changed, of those that did since the oldest of some replies.

    Asks nothing if there are no replies. Raises UpstreamError.
    """
    oldest = min(fetched_at, default=None)
    if oldest is None:
        return {}
    days = (datetime.now(UTC) - oldest + _CACHE).days + 1
    listed = api.tables(upstream, past_days=days, with_discontinued=True)
    return dict(_change(entry) for entry in listed if _names_a_table(entry))


def _names_a_table(entry: dict[str, Any]) -> bool:
    if not entry.get("id"):
        _LOG.warning("StatBank's list of changes: passed over, no table named: %s", shown(entry))
    return bool(entry.get("id"))


def _change(entry: dict[str, Any]) -> tuple[str, datetime]:
    """A table and when it changed; now, if what is said of the time can't be read, so it is asked.

    A time without a zone is UTC, as in the replies themselves.
    """
    table = str(entry["id"])
    try:
        at = datetime.fromisoformat(str(entry.get("updated")))
        return table, (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        _LOG.warning(
            "StatBank's list of changes: table %s changed at %s, which is no time",
            table,
            shown(entry.get("updated")),
        )
        return table, datetime.now(UTC)


def _fetched_at(kept: Sequence[Fetched]) -> datetime:
    return min(item.reply.fetched_at for item in kept)
