"""What `add` makes of a written file: read exactly, in part with reasons, or refused."""

from datetime import UTC, datetime
from typing import Literal

from common.errors import InputError
from sources import files
from sources.catalogue import Catalogue
from sources.http import Reply, Request
from sources.infer import Hints, propose
from tests.written.places import KNOWN, resolve
from tests.written.writing import Figures, Written

Outcome = Literal["read", "in part", "refused"]


def read(written: Written) -> tuple[Figures, list[str]]:
    """The figures that would be loaded, and why rows were refused. Raises InputError."""
    hints = Hints(id="made_up", period=written.period)
    found = propose(written.content, "made_up.csv", hints, KNOWN)
    at = datetime(2026, 6, 1, tzinfo=UTC)
    reply = Reply(Request("file:x"), written.content, "", at, "file", KNOWN.today)
    entries = Catalogue(tables=(found.table,), indicators=found.indicators)
    frames = files.read(entries, found.table, reply, resolve)
    figures: Figures = {}
    for row in frames["observation"].to_pylist():
        if "plan_vedtatt" in row["indicator_id"]:
            continue
        key = (row["reported_code"], row["period"])
        assert key not in figures, f"two figures for {key}"
        figures[key] = row["value"]
    return figures, [row["reason"] for row in frames["refused_row"].to_pylist()]


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
