"""The warehouse made again of stored replies alone, as of its newest vintage or an earlier one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from common.errors import InputError, UpstreamError, WarehouseError
from flows import build, provenance, runs
from flows.runs import Run
from flows.settings import Settings
from sources import catalogue
from sources.catalogue import Catalogue
from sources.store import Manifest, Store
from warehouse import publish

_LOG = logging.getLogger("digidistrikt.refresh")


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to, as of the vintage `run_id`.

    `same` says of each table of `mart` whether its digest is the one that was published with that
    vintage; it is empty if no warehouse was there to compare with. `code` is the version and digest
    of the code it was made again by, `other_code` of each vintage that was first made by another.
    """

    run_id: str
    same: Mapping[str, bool]
    code: tuple[str, str]
    other_code: Mapping[str, tuple[str, str]]


def rebuild(settings: Settings) -> Rebuilt:
    """Makes the warehouse again, vintage after vintage; the new file takes the place of the old.

    A warehouse that can't be opened is mended by it. Raises as `rebuild_until`, and LockedError.
    """
    with publish.sole_writer(settings.warehouse):
        return rebuild_until(settings, _newest(settings), settings.warehouse)


def rebuild_until(settings: Settings, run_id: str, target: Path) -> Rebuilt:
    """Makes the warehouse as it was at a vintage, in the file `target`; takes no lock on it.

    The code and the catalogue are those of today; where they are not those of the vintage, the
    runs of the file are noted as made by today's. Raises InputError if the run is not kept or a
    reply is gone, UpstreamError if today's code can't read one, ChecksFailedError; then the target
    is as it was.
    """
    entries, store = catalogue.load(catalogue.FOLDER, settings.catalogue), Store(settings.home)
    today, chain = provenance.of_warehouse(settings.catalogue), _chain(store, run_id)
    again = publish.beside(target, "again")
    publish.remove(again)
    try:
        for run in chain:
            _LOG.info("rebuilding %s", run.run_id)
            manifest = store.read_manifest(run.run_id)
            _build(again, entries, manifest, replace(run, code=today))
        kept = _digests(settings, run_id)
        made = runs.digests(again, run_id)
        publish.swap(again, target)
    finally:
        publish.remove(again)
    same = {table: kept.get(table) == made.get(table) for table in sorted(kept | made)}
    other_code = {run.run_id: run.code for run in chain if run.code != today}
    return Rebuilt(run_id, same if kept else {}, today, other_code)


def _build(again: Path, entries: Catalogue, manifest: Manifest, run: Run) -> None:
    """One vintage on top of the one before it."""
    known = [item for item in manifest.replies if item.planned.table_id in entries.table_by_id]
    with publish.build(again) as con:
        _, unread = build.load_sources(con, entries, known)
        if unread:
            raise UpstreamError(unread[0].message)
        build.finish(con, again, run)


def _newest(settings: Settings) -> str:
    """The vintage that is published; without a warehouse the newest that passed its checks.

    Raises InputError if there is neither.
    """
    try:
        published = runs.last(settings.warehouse)
    except WarehouseError as error:
        _LOG.warning("made again without comparing: %s", error)
        published = None
    if published:
        return str(published["run_id"])
    noted = Store(settings.home).runs()
    if not noted:
        raise InputError("there is no stored run to rebuild from; refresh first.")
    return noted[-1]


def _chain(store: Store, run_id: str) -> list[Run]:
    """The runs up to one, oldest first: a run that was noted but never published is in no chain."""
    chain: list[Run] = []
    before: str | None = run_id
    while before:
        chain.insert(0, Run.of(store.read_run(before)))
        before = chain[0].after
    return chain


def _digests(settings: Settings, run_id: str) -> dict[str, str]:
    """What was published with a vintage; nothing if the warehouse is gone or can't be opened."""
    try:
        return runs.digests(settings.warehouse, run_id)
    except WarehouseError:
        return {}
