"""What became of each refresh that was tried, published or not: one JSON line each."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows import log
from flows.settings import Settings

_LOG = logging.getLogger("digidistrikt.refresh")


def note(settings: Settings, run_id: str, outcome: str, message: str) -> None:
    """Adds a line. `outcome` is published, nothing_new or failed; `message` a sentence.

    Where no line can be written, as on a full disk, the log says so: the refresh ends as it would.
    """
    line = {
        "ended_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "run_id": run_id,
        "upstream": settings.upstream,
        "outcome": outcome,
        "message": message,
        **log.so_far(),
    }
    _LOG.info("%s", outcome.replace("_", " "))
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with _path(settings).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        _LOG.warning("the outcome of %s is not on record: %s", run_id, error)


def last(settings: Settings) -> dict[str, Any] | None:
    """The newest line that is whole, or None. A run that was killed may have left half of one.

    Lines of older versions have the message as `told`.
    """
    path = _path(settings)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for line in reversed(lines):
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if not isinstance(found, dict):
            return None
        return found if "message" in found else {**found, "message": found.get("told", "")}
    return None


def _path(settings: Settings) -> Path:
    return settings.home / "refreshes.jsonl"
