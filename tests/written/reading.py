"""What `add` makes of a written file: read exactly, in part with reasons, or refused."""

import io
from datetime import UTC, datetime
from typing import Any, Literal

import openpyxl

from common.errors import InputError
from sources import files
from sources.catalogue import Catalogue
from sources.http import Reply, Request
from sources.infer import Hints, propose
from tests.written.places import KNOWN, resolve
from tests.written.writing import Figures, Written

Read = tuple[list[tuple[Any, ...]], list[tuple[int, str]], str]

Outcome = Literal["read", "in part", "refused"]


def read_file(content: str | bytes, **hints: Any) -> Read:
    """The figures a file gives, its refused rows with reasons, and the division."""
    body = content.encode() if isinstance(content, str) else content
    found = propose(body, "made_up.csv", Hints(**{"id": "x"} | hints), KNOWN)
    at = datetime(2026, 6, 1, tzinfo=UTC)
    reply = Reply(Request("file:x"), body, "", at, "file", KNOWN.today)
    entries = Catalogue(tables=(found.table,), indicators=found.indicators)
    frames = files.read(entries, found.table, reply, resolve)
    figures = [
        (row["indicator_id"], row["reported_code"], row["period"], row["value"], row["status"])
        for row in frames["observation"].to_pylist()
    ]
    refused = [(row["row"], row["reason"]) for row in frames["refused_row"].to_pylist()]
    return sorted(figures, key=str), refused, str(found.table.division)


def workbook(*rows: list[Any], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows, and some of its cells merged."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    made.save(packed := io.BytesIO())
    return packed.getvalue()


def read(written: Written) -> tuple[Figures, list[str]]:
    """The figures that would be loaded, and why rows were refused. Raises InputError."""
    rows, refused, _ = read_file(written.content, period=written.period, values=written.values)
    figures: Figures = {}
    for indicator, code, period, value, _ in rows:
        if "plan_vedtatt" in indicator:
            continue
        key = (code, period)
        assert key not in figures, f"two figures for {key}"
        figures[key] = value
    return figures, [reason for _, reason in refused]


def outcome(written: Written) -> Outcome:
    """How a file was read. Raises AssertionError for any figure that is not the one meant."""
    try:
        figures, reasons = read(written)
    except InputError:
        return "refused"
    wrong = {
        key: value for key, value in figures.items() if written.meant.get(key, "none") != value
    }
    assert not wrong, f"{wrong} is not what was meant: {written.style}"
    lost = [key for key, value in written.meant.items() if key not in figures and value is not None]
    assert len(reasons) >= len({code for code, _ in lost}), f"{lost} are gone without a reason"
    return "in part" if lost else "read"
