"""Writes replies as recordings: what `--upstream recorded` replays."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from sources.errors import InputError
from sources.http import Reply

AS_RECEIVED = "reply as received"


def write(folder: Path, replies: Sequence[Reply]) -> None:
    """Replaces the recordings in a folder by these replies, as they came.

    All bodies are written before the index is swapped, so that a broken run leaves the old
    recordings in use. Raises InputError if there is nothing to record.
    """
    if not replies:
        raise InputError(f"{folder}: there are no replies to record.")
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for reply in replies:
        name = f"{reply.reply_id}.json.gz"
        (folder / name).write_bytes(gzip.compress(reply.content, 9, mtime=0))
        entries.append(
            {
                "address": reply.call.address,
                "body": reply.call.body,
                "file": name,
                "as_of": reply.as_of.isoformat(),
                "envelope": AS_RECEIVED,
                "came_from": reply.upstream,
            }
        )
    recorded_on = max(reply.as_of for reply in replies)
    index = {"recorded_on": recorded_on.isoformat(), "replies": entries}
    beside = folder / "index.json.part"
    beside.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(folder / "index.json")
    kept = {entry["file"] for entry in entries}
    for path in folder.glob("*.json.gz"):
        if path.name not in kept:
            path.unlink()
