"""Writes replies as recordings: what `--upstream recorded` replays."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from common.errors import InputError
from sources.http import Reply, Request

AS_RECEIVED = "reply as received"

Entry = dict[str, str | None]
"""What the index says of one reply: its request, its file and hash, its day, where it came from."""


def write(folder: Path, replies: Sequence[Reply]) -> None:
    """Replaces the recordings in a folder by these replies, as they came.

    All bodies are written before the index is swapped, so that a broken run leaves the old
    recordings in use. Only files that the old index names are removed. Raises InputError if there
    is nothing to record, or a reply is itself out of the recordings: it is not as it came.
    """
    if not replies:
        raise InputError(f"{folder}: there are no replies to record.")
    if replayed := [reply for reply in replies if reply.upstream == "recorded"]:
        raise InputError(
            f"{folder}: the reply to {replayed[0].request.address} comes from the recordings;"
            " record from the live services."
        )
    folder.mkdir(parents=True, exist_ok=True)
    before = _files(folder)
    entries = [
        keep(
            folder,
            reply.reply_id,
            reply.request,
            reply.content,
            as_of=reply.as_of,
            envelope=AS_RECEIVED,
            came_from=reply.upstream,
        )
        for reply in replies
    ]
    write_index(folder, max(reply.as_of for reply in replies), entries)
    for gone in before - _files(folder):
        (folder / gone).unlink(missing_ok=True)


def keep(  # noqa: PLR0913 - the shape of an entry, declared here alone
    folder: Path,
    name: str,
    request: Request,
    content: bytes,
    *,
    as_of: date,
    envelope: str,
    came_from: str,
) -> Entry:
    """Writes one body and returns its entry for the index. The same input gives the same bytes."""
    file = f"{name}.json.gz"
    (folder / file).write_bytes(gzip.compress(content, 9, mtime=0))
    return {
        "address": request.address,
        "body": request.body,
        "file": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "as_of": as_of.isoformat(),
        "envelope": envelope,
        "came_from": came_from,
    }


def write_index(folder: Path, recorded_on: date, entries: Iterable[Entry]) -> None:
    """Swaps the index in one step."""
    index = {"recorded_on": recorded_on.isoformat(), "replies": list(entries)}
    beside = folder / "index.json.part"
    beside.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(folder / "index.json")


def _files(folder: Path) -> set[str]:
    """The bodies an index names; none if there is no index."""
    path = folder / "index.json"
    if not path.is_file():
        return set()
    return {entry["file"] for entry in json.loads(path.read_text(encoding="utf-8"))["replies"]}
