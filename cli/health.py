"""The state of a warehouse as numbers, and when it is refreshed next: what `status` tells besides.

The numbers are in the text format of Prometheus, for a file that its node exporter collects.
"""

import json
import os
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb

from flows import attempts
from flows.settings import Settings

_PATIENCE_SECONDS = 2
_SOURCES = """
    select table_id, epoch(accessed_at), coalesce(observations, 0), outcome = 'failed'
    from mart.source_table where is_asked order by table_id
"""
_CHECKS = "select check_name, severity, faults from mart.data_check order by check_name"
_VINTAGE = "select epoch(max(started_at)) from mart.refresh_run"


def metrics(con: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[str]:
    """The lines of the file, each metric with its help and type."""
    vintage = con.execute(_VINTAGE).fetchall()
    yield from _metric(
        "vintage_seconds", "when the published vintage was made", [({}, vintage[0][0])]
    )
    tried = attempts.last(settings)
    if tried:
        ended = datetime.fromisoformat(tried["ended_at"]).timestamp()
        yield from _metric("last_try_seconds", "when a refresh last ended", [({}, ended)])
        good = int(tried["outcome"] != "failed")
        yield from _metric("last_try_ok", "1 if it did not fail", [({}, good)])
    sources = [(({"source": row[0]}), row) for row in con.execute(_SOURCES).fetchall()]
    for name, meaning, column in (
        ("source_accessed_seconds", "when the source was last asked", 1),
        ("source_figures", "figures that it gives", 2),
        ("source_stale", "1 if it failed and is shown with its last good figures", 3),
    ):
        rows = [(label, row[column]) for label, row in sources if row[column] is not None]
        yield from _metric(name, meaning, rows)
    faults = [
        ({"check": check, "severity": severity}, number)
        for check, severity, number in con.execute(_CHECKS).fetchall()
    ]
    yield from _metric("check_faults", "faults that a check found", faults)


def _metric(name: str, meaning: str, rows: list[tuple[dict[str, str], Any]]) -> Iterator[str]:
    full = f"digidistrikt_{name}"
    yield f"# HELP {full} {meaning}"
    yield f"# TYPE {full} gauge"
    for labels, value in rows:
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        yield f"{full}{{{inside}}} {float(value):.15g}" if inside else f"{full} {float(value):.15g}"


def next_run() -> str:
    """When the Prefect server that is set refreshes next, in words; nothing if none is set."""
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return ""
    asked = {
        "flows": {"name": {"any_": ["refresh"]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "sort": "EXPECTED_START_TIME_ASC",
        "limit": 1,
    }
    request = urllib.request.Request(  # noqa: S310 - the address is the user's own setting
        f"{address}/flow_runs/filter",
        json.dumps(asked).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310
            runs = json.load(answer)
    except (OSError, ValueError) as error:
        return f"The Prefect server at {address} does not say when the next refresh is: {error}."
    if not runs:
        return f"No refresh is scheduled on the Prefect server at {address}."
    due = datetime.fromisoformat(runs[0]["expected_start_time"])
    late = ", late: is a worker running?" if due < datetime.now(UTC) else ""
    return f"Next refresh {due.astimezone():%Y-%m-%d %H:%M}{late}."
