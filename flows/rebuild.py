"""The warehouse made again of stored replies alone, as of its newest vintage or an earlier one."""

import logging
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from common.errors import (
    InputError,
    LockedError,
    NoRoomError,
    NotKeptError,
    SourceError,
    UpstreamError,
    WarehouseError,
)
from flows import build, load, provenance, runs, targets
from flows.runs import Run
from flows.settings import Settings
from sources import catalogue
from sources.catalogue import Catalogue
from sources.store import Fetched, Store
from warehouse import publish

_LOG = logging.getLogger("digidistrikt.refresh")


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild came to, as of the vintage `run_id`.

    `same` says of each table of `mart` whether its digest is the one that was published with that
    vintage; it is empty if no warehouse was there to compare with. `code` is the version and digest
    of the code it was made again by, `other_code` of each vintage that was first made by another.
    `lost` has a sentence for each vintage, or table of one, that could not be had any more,
    `behind` for each target that it could not be published to.
    """

    run_id: str
    same: Mapping[str, bool]
    code: tuple[str, str]
    other_code: Mapping[str, tuple[str, str]]
    lost: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def rebuild(settings: Settings) -> Rebuilt:
    """Makes the warehouse again, vintage after vintage; the new file takes the place of the old.

    The record of a vintage that is lost is passed over and named; the file that still has it is
    kept beside as `.before-rebuild`. A lost reply ends the rebuild of a warehouse that can be
    opened, for a refresh fetches it again; one that is gone or can't be opened is made of what is
    left, and what is lost is named. Raises as `rebuild_until`, and LockedError.
    """
    with publish.sole_writer(settings.warehouse, settings.shared):
        published = _published(settings)
        store, lost = Store(settings.home), list[str]()
        chain = _chain(store, _newest(store, published, settings), published, lost)
        rebuilt = _Rebuild(settings, store, chain, lost, not published).into(settings.warehouse)
        return replace(rebuilt, behind=targets.bring_up_to_date(settings))


def rebuild_until(settings: Settings, run_id: str, target: Path) -> Rebuilt:
    """Makes the warehouse as it was at a vintage, in the file `target`; takes no lock on it.

    The code and the catalogue are those of today; where they are not those of the vintage, the
    runs of the file are noted as made by today's. Raises InputError if the run is not kept or a
    reply is gone, UpstreamError if today's code can't read one, ChecksFailedError; then the target
    is as it was.
    """
    store, lost = Store(settings.home), list[str]()
    chain = _chain(store, run_id, _published(settings), lost)
    if lost:
        raise InputError(lost[0])
    return _Rebuild(settings, store, chain, lost, salvages=False).into(target)


@dataclass(frozen=True)
class _Rebuild:
    """A rebuild of a chain of runs. If it `salvages`, what can't be had is left out and named."""

    settings: Settings
    store: Store
    chain: list[Run]
    lost: list[str]
    salvages: bool
    loaded: list[Fetched] = field(default_factory=list)  # the replies that the last vintage is of

    def into(self, target: Path) -> Rebuilt:
        """Builds one vintage on top of the other beside `target`, and swaps the last one in."""
        entries = catalogue.load(catalogue.FOLDER, self.settings.catalogue)
        today = provenance.of_warehouse(self.settings.catalogue)
        again = publish.unfinished(target, "again")
        publish.remove(again)
        try:
            made = [run for run in self.chain if self._vintage(again, entries, run, today)]
            if not made:
                raise InputError(_nothing_left(self.settings, self.lost))
            newest = made[-1].run_id
            kept = _digests(self.settings, newest)
            new = runs.digests(again, newest)
            same = {table: kept.get(table) == new.get(table) for table in sorted(kept | new)}
            publish.require_right(target)
            if self.lost and target.is_file():
                shutil.copy2(target, publish.beside(target, "before-rebuild"))
            publish.swap(again, target)
        finally:
            publish.remove(again)
        other_code = {run.run_id: run.code for run in made if run.code != today}
        return Rebuilt(newest, same if kept else {}, today, other_code, tuple(self.lost))

    def _vintage(self, again: Path, entries: Catalogue, run: Run, today: tuple[str, str]) -> bool:
        """Builds a vintage; returns whether it could be. Raises unless the rebuild salvages."""
        _LOG.info("rebuilding %s", run.run_id)
        try:
            replies = self._replies(run)
            known = [item for item in replies if item.planned.table_id in entries.table_by_id]
            changed = self._changed(entries, known, run)
            with publish.build(again, of_old=changed is not None) as con:
                _, unread = build.load_sources(con, self.settings, entries, known, tables=changed)
                if unread and not self.salvages:
                    raise UpstreamError(unread[0].message)
                build.finish(con, again, replace(run, code=today), changed)
        except (LockedError, NoRoomError, NotKeptError):
            raise
        except (SourceError, WarehouseError) as error:
            if not self.salvages:
                raise
            self.lost.append(f"vintage {run.run_id}: {error}")
            return False
        self.lost.extend(f"vintage {run.run_id}, {i.table_id}: {i.message}" for i in unread)
        self.loaded[:] = [] if unread else known
        return True

    def _changed(
        self, entries: Catalogue, known: Sequence[Fetched], run: Run
    ) -> frozenset[str] | None:
        """What to make anew since the vintage before; None for all, as always of the newest.

        Of the others only the history is left, which depends on what changed.
        """
        if not self.loaded or run is self.chain[-1]:
            return None
        return load.changed(entries, self.loaded, known)

    def _replies(self, run: Run) -> tuple[Fetched, ...]:
        if not self.salvages:
            return self.store.read_manifest(run.run_id).replies
        manifest, lost = self.store.read_what_is_left(run.run_id)
        self.lost.extend(f"vintage {run.run_id}, {table}: {gone}" for table, gone in lost.items())
        return manifest.replies


def _published(settings: Settings) -> frozenset[str]:
    """The published vintages; none if the warehouse is gone or can't be opened."""
    try:
        return runs.published(settings.warehouse)
    except LockedError:
        raise
    except WarehouseError as error:
        _LOG.warning("made again without comparing: %s", error)
        return frozenset()


def _newest(store: Store, published: Collection[str], settings: Settings) -> str:
    """The vintage that is published; without a warehouse the newest that passed its checks.

    Raises InputError if there is neither.
    """
    if published:
        return max(published)
    noted = store.runs()
    if not noted:
        raise InputError(_nothing_left(settings, []))
    return noted[-1]


def _chain(store: Store, run_id: str, published: Collection[str], lost: list[str]) -> list[Run]:
    """The runs up to one, oldest first: a run that was noted but never published is in no chain.

    Where the record of a run is gone or damaged, that is added to `lost`, and the chain goes on
    with the newest run before it.
    """
    chain: list[Run] = []
    before: str | None = run_id
    while before:
        try:
            run = _run(store, before)
        except InputError as error:
            lost.append(f"vintage {before}: {error}")
            earlier = [each for each in store.runs() if each < before]
            before = max((e for e in earlier if not published or e in published), default=None)
            continue
        chain.insert(0, run)
        before = run.after
    return chain


def _run(store: Store, run_id: str) -> Run:
    noted = store.read_run(run_id)
    try:
        return Run.of(noted)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the record of the run is damaged ({error!r}).") from error


def _nothing_left(settings: Settings, lost: list[str]) -> str:
    """What to do if no vintage can be made again."""
    there = (
        f"Move {settings.warehouse} away and refresh" if settings.warehouse.exists() else "Refresh"
    )
    return " ".join(
        ["there is no stored run to rebuild from.", *lost, f"{there} to ask everything again."]
    )


def _digests(settings: Settings, run_id: str) -> dict[str, str]:
    """What was published with a vintage; nothing if the warehouse is gone or can't be opened."""
    try:
        return runs.digests(settings.warehouse, run_id)
    except LockedError:
        raise
    except WarehouseError:
        return {}
