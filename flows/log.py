"""The log as JSON lines: beside its words each says which run it is of, its calls and its seconds.

A line about a table names it. The last line of a run says how it ended.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

_RUN: ContextVar[Callable[[], dict[str, object]]] = ContextVar("run", default=dict)


@contextmanager
def of_run(run_id: str, calls: Callable[[], int]) -> Iterator[None]:
    """Lines logged within are of this run: its calls and seconds are those so far."""
    began = time.monotonic()
    token = _RUN.set(
        lambda: {
            "run_id": run_id,
            "calls": calls(),
            "seconds": round(time.monotonic() - began, 3),
        }
    )
    try:
        yield
    finally:
        _RUN.reset(token)


def so_far() -> dict[str, object]:
    """`run_id`, `calls` and `seconds` of the run that is under way; empty outside of one."""
    return _RUN.get()()


def line(level: str, message: str, **facts: object) -> str:
    """One line of the log."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": at, "level": level, "message": message, **facts}, ensure_ascii=False)


class JsonLines(logging.StreamHandler[TextIO]):
    """Writes each record as one line of JSON to standard error."""

    def format(self, record: logging.LogRecord) -> str:
        """`time`, `level` and `message`; within a run its facts, and `table` if it is of one."""
        table = {"table": record.table} if hasattr(record, "table") else {}
        return line(record.levelname, record.getMessage(), **so_far(), **table)
