"""Replies as they came: bodies compressed under their SHA-256, and a manifest for each run.

A body is written before anything reads it, to a name beside its own and then renamed, so that a
broken run leaves no half of one; whenever it is read it is held against its hash. A manifest is
enough to build the same warehouse again. What a run has fetched is noted until it ends, so that
the next one can take up a run that was broken off.
"""

import gzip
import json
import os
import shutil
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from common.errors import InputError, NotKeptError
from sources.http import Reply, Request
from sources.plan import Planned
from sources.statbank import api

_PIECE = 1_048_576  # bytes


@dataclass(frozen=True)
class Fetched:
    """A planned request and the reply to it."""

    planned: Planned
    reply: Reply

    @property
    def identity(self) -> tuple[str, str]:
        """The table it feeds and the identity of the reply."""
        return self.planned.table_id, self.reply.reply_id


@dataclass(frozen=True)
class Manifest:
    """What a run was built from: enough to build the same warehouse again.

    `run` has what is noted of the run itself: id, start, code, requests, outcomes, run before.
    `declared` has a digest of what the catalogue asked of each table, `failed` what was told of a
    table that could not be had; its replies, if any, are those of an earlier run.
    """

    upstream: str
    replies: tuple[Fetched, ...]
    declared: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> frozenset[tuple[str, str]]:
        """What was answered, whenever it was: tables and the identity of their replies."""
        return frozenset(item.identity for item in self.replies)


@dataclass(frozen=True, eq=False)
class _Kept:
    """A body in the store. Reading it raises InputError if it is gone or damaged."""

    path: Path
    sha256: str
    size: int

    def read(self) -> bytes:
        content = _unpacked(self.path)
        self.require(None if content is None else (sha256(content).hexdigest(), len(content)))
        return content or b""

    def __eq__(self, other: object) -> bool:
        """Whether the bytes are the same, wherever the other has them."""
        if isinstance(other, bytes):
            return (self.sha256, self.size) == (sha256(other).hexdigest(), len(other))
        return isinstance(other, _Kept) and self.sha256 == other.sha256

    __hash__ = None  # type: ignore[assignment] # that of the bytes is not known

    def require(self, found: tuple[str, int] | None) -> None:
        if not self.path.is_file():
            raise InputError(f"{self.path}: the stored reply is gone; refresh to fetch it again.")
        if found != (self.sha256, self.size):
            raise InputError(
                f"{self.path}: the stored reply is damaged; refresh to fetch it again."
            )


class Store:
    """The folders `replies/` for bodies, `runs/` for manifests and `unfinished/` in a home folder.

    What writes raises NotKeptError where the disk is full or can't be written to.
    """

    def __init__(self, home: Path) -> None:
        self._replies = home / "replies"
        self._runs = home / "runs"
        self._unfinished = home / "unfinished"

    def keep(self, reply: Reply) -> Reply:
        """Writes a reply's body, unless the same bytes are there already.

        Returns the reply with its body on the disk.
        """
        path, content = self._body(reply.sha256), reply.content
        if _measured(path) != (reply.sha256, len(content)):
            _write(path, gzip.compress(content, 4, mtime=0))
        return replace(reply, body=_Kept(path, reply.sha256, len(content)))

    def body(self, digest: str) -> bytes:
        """The body kept under a hash. Raises InputError if it is gone or damaged."""
        return self._kept(digest).read()

    def _kept(self, digest: str) -> "_Kept":
        """The same, looked through piece by piece and not held."""
        path = self._body(digest)
        found = _measured(path)
        kept = _Kept(path, digest, found[1] if found else 0)
        kept.require(found)
        return kept

    def note_unfinished(self, item: Fetched) -> None:
        """Notes that a planned request is answered, for the case that its run is broken off."""
        note = sha256(_question(item.planned).encode()).hexdigest()[:16]
        _write(self._unfinished / f"{note}.json", json.dumps(_entry(item)).encode())

    def unfinished(self) -> list[Fetched]:
        """What a run that was broken off had fetched, but for what is gone or damaged."""
        found = []
        for path in sorted(self._unfinished.glob("*.json")):
            try:
                entry = json.loads(path.read_text(encoding="utf-8"))
                found.append(_fetched(entry, self._kept(entry["sha256"])))
            except (InputError, ValueError, LookupError, TypeError):
                continue  # whatever is wrong with the note, the request is asked again
        return found

    def forget_unfinished(self) -> None:
        """The run has ended: its replies are in its manifest, or were judged and found wanting."""
        shutil.rmtree(self._unfinished, ignore_errors=True)

    def sweep(self) -> None:
        """Removes halves of files that a killed run left. Only for the run that has the lock."""
        for folder in (self._replies, self._runs, self._unfinished):
            for part in folder.rglob("*.part"):
                part.unlink()

    def write_manifest(self, run_id: str, manifest: Manifest) -> None:
        """Notes what a run was built from."""
        noted = {
            "upstream": manifest.upstream,
            "run": dict(manifest.run),
            "declared": dict(manifest.declared),
            "failed": dict(manifest.failed),
            "replies": [_entry(item) for item in manifest.replies],
        }
        content = json.dumps(noted, indent=1).encode()
        _write(self._manifest(run_id), gzip.compress(content, 4, mtime=0))

    def read_manifest(self, run_id: str) -> Manifest:
        """A run's replies with their bodies.

        Raises InputError if the run is not known, its record is damaged, or a reply is gone.
        """
        manifest, lost = self.read_what_is_left(run_id)
        for error in lost.values():
            raise error
        return manifest

    def read_what_is_left(self, run_id: str) -> tuple[Manifest, dict[str, InputError]]:
        """A run without the tables of which a reply is gone or damaged, and these with the error.

        Raises InputError if the run is not known or its record is damaged.
        """
        noted = self._noted(run_id)
        replies: list[Fetched] = []
        lost: dict[str, InputError] = {}
        try:
            for entry in noted["replies"]:
                try:
                    replies.append(_fetched(entry, self._kept(entry["sha256"])))
                except InputError as error:
                    lost.setdefault(entry["table_id"], error)
            kept = tuple(item for item in replies if item.planned.table_id not in lost)
            upstream, declared, failed = noted["upstream"], noted["declared"], noted["failed"]
        except (LookupError, TypeError, ValueError) as error:
            raise self._damaged(run_id) from error
        return Manifest(upstream, kept, declared, failed, noted["run"]), lost

    def read_run(self, run_id: str) -> dict[str, Any]:
        """What is noted of a run itself, without its replies. Raises InputError."""
        run: dict[str, Any] = self._noted(run_id)["run"]
        return run

    def _noted(self, run_id: str) -> dict[str, Any]:
        path = self._manifest(run_id)
        if not path.is_file():
            raise InputError(f"{path}: there is no run '{run_id}'.")
        try:
            noted = json.loads(_unpacked(path) or b"")
        except ValueError as error:
            raise self._damaged(run_id) from error
        if not isinstance(noted, dict) or not isinstance(noted.get("run"), dict):
            raise self._damaged(run_id)
        return noted

    def _damaged(self, run_id: str) -> InputError:
        return InputError(
            f"{self._manifest(run_id)}: the record of this run is damaged; refresh without --only"
            " to ask everything again."
        )

    def runs(self) -> list[str]:
        """The runs there are manifests of, oldest first."""
        return sorted(path.name.split(".")[0] for path in self._runs.glob("*.json.gz"))

    def _body(self, digest: str) -> Path:
        return self._replies / digest[:2] / f"{digest}.gz"

    def _manifest(self, run_id: str) -> Path:
        return self._runs / f"{run_id}.json.gz"


def _question(planned: Planned) -> str:
    request = planned.request
    return "\n".join([planned.table_id, request.method, request.address, request.body or ""])


def _entry(item: Fetched) -> dict[str, Any]:
    reply, planned = item.reply, item.planned
    return {
        "table_id": planned.table_id,
        "division": planned.division,
        "call": asdict(planned.request),
        "sha256": reply.sha256,
        "content_type": reply.content_type,
        "fetched_at": reply.fetched_at.isoformat(),
        "upstream": reply.upstream,
        "as_of": reply.as_of.isoformat(),
        "provenance": reply.provenance,
        "updated": reply.updated.isoformat() if reply.updated else None,
        "is_discontinued": reply.is_discontinued,
    }


def _fetched(entry: dict[str, Any], body: _Kept) -> Fetched:
    request = Request(**entry["call"])
    reply = Reply(
        request=request,
        body=body,
        content_type=entry["content_type"],
        fetched_at=datetime.fromisoformat(entry["fetched_at"]),
        upstream=entry["upstream"],
        as_of=date.fromisoformat(entry["as_of"]),
        provenance=entry["provenance"],
    )
    if "updated" in entry:
        updated = datetime.fromisoformat(entry["updated"]) if entry["updated"] else None
        reply = replace(reply, updated=updated, is_discontinued=entry["is_discontinued"])
    else:  # kept by an older version
        reply = api.noted(reply)
    return Fetched(Planned(request, entry["table_id"], entry["division"]), reply)


def _unpacked(path: Path) -> bytes | None:
    """What is kept at a path; None if it is not there or is no whole gzip file."""
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def _measured(path: Path) -> tuple[str, int] | None:
    """SHA-256 and size of what is kept at a path, read in pieces; None as `_unpacked`."""
    hashed, size = sha256(), 0
    try:
        with gzip.open(path) as file:
            while piece := file.read(_PIECE):
                hashed.update(piece)
                size += len(piece)
    except (OSError, EOFError, zlib.error):
        return None
    return hashed.hexdigest(), size


def _write(path: Path, content: bytes) -> None:
    """The whole file, or none of it. Raises NotKeptError."""
    beside = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # there may be no folder for it either
            beside.unlink()
        raise NotKeptError(
            f"{path}: can't be written ({error.strerror}). Make room on the disk and refresh"
            " again; the warehouse is as it was."
        ) from error
