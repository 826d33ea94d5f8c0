"""Checks every upstream service with one cheap request, and tells what is not as expected.

For the first person with a network: it takes a minute, fetches no figures, and tells for each table
whether the publisher still has what the catalogue asks for, in the shape that was agreed. A host
that can't be reached is message once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import SourceError
from sources import registry
from sources.catalogue import Catalogue, Table
from sources.contracts import Contracts
from sources.http import RequestLimits, UnreachableError, Upstream
from sources.statbank import api

LIMITS = RequestLimits(attempts=2, connect_seconds=5)
"""Those of the session to examine with: a person waits for the answer, and can ask again."""


@dataclass(frozen=True)
class Finding:
    """What a service answered: as expected or not, and a word on it."""

    subject: str
    expected: bool
    message: str


def examine(entries: Catalogue, upstream: Upstream, contracts: Contracts) -> Iterator[Finding]:
    """One finding for StatBank's limits, and one for each table that is asked of a service."""
    try:
        found = Finding("statbank", True, f"{api.cell_limit(upstream)} cells a query")
    except SourceError as error:
        found = _fault("statbank", error)
    yield found
    message = {found}
    for table in entries.tables:
        if table.kind != "file" and (table.recorded or upstream.name != "recorded"):
            found = _examined(entries, table, upstream, contracts)
            if found not in message:
                yield found
            message.add(found)


def _examined(
    entries: Catalogue, table: Table, upstream: Upstream, contracts: Contracts
) -> Finding:
    """A plan shows that StatBank still has every code; of the others a first reply is read."""
    try:
        planned = contracts.plan(entries, table, upstream)
        if table.kind == "statbank":
            known = "" if contracts.of(table.id, upstream.name) else "; no contract yet"
            asked = f"{len(planned)} request{'' if len(planned) == 1 else 's'}"
            return Finding(table.id, True, f"has all that is asked, in {asked}{known}")
        publisher = registry.of(table)
        reply = publisher.fetch(entries, planned[0], upstream, Path())
        contracts.require(entries, table, upstream, [reply])
        frames = publisher.read(entries, table, reply, lambda _names, _on: [])
    except SourceError as error:
        return _fault(table.id, error)
    rows = max(len(frame) for frame in frames.values())
    return Finding(table.id, rows > 0, f"{rows} rows in the first of {len(planned)} replies")


def _fault(subject: str, error: SourceError) -> Finding:
    """What can't be reached is a fault of the host, whatever was asked of it."""
    if isinstance(error, UnreachableError):
        return Finding(error.host, False, str(error).removeprefix(f"{error.host}: "))
    return Finding(subject, False, str(error))
