"""Klass, SSB's register of classifications: codes at a date, changes, correspondences.

Klass answers XML unless asked for JSON. `to` is exclusive. A range in which any part lacks a
correspondence table is 404, so correspondences are asked for one day at a time.
"""

from datetime import date
from typing import Any

from sources.catalogue import Catalogue, Table
from sources.http import Call, Reply, Upstream
from sources.plan import Planned
from sources.tidy import Frames, frame

BASE = "https://data.ssb.no/api/klass/v1/classifications"
MUNICIPALITY, COUNTY, ECONOMIC_REGION, KOSTRA_GROUP, CENTRALITY = 131, 104, 108, 112, 128
UNSPECIFIED = "9999"
_FIRST_CHANGE = date(1838, 1, 1)


def codes_at_call(classification: int, day: date) -> Call:
    """The question for the codes in force on a day."""
    return Call(f"{BASE}/{classification}/codesAt", {"date": day.isoformat()})


def changes_call(classification: int, start: date, end: date) -> Call:
    """The question for what changed from `start` to, but not on, `end`."""
    period = {"from": start.isoformat(), "to": end.isoformat()}
    return Call(f"{BASE}/{classification}/changes", period)


def corresponds_at_call(source: int, target: int, day: date) -> Call:
    """The question for which target code each source code belongs to on a day."""
    return Call(
        f"{BASE}/{source}/correspondsAt",
        {"targetClassificationId": str(target), "date": day.isoformat()},
    )


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """Two calls: the municipalities of this year, and every change there has been."""
    new_year = date(upstream.today.year, 1, 1)
    after = date(upstream.today.year + 1, 1, 2)
    classification = int(table.table or MUNICIPALITY)
    return [
        Planned(codes_at_call(classification, new_year), table.id),
        Planned(changes_call(classification, _FIRST_CHANGE, after), table.id),
    ]


def read(_catalogue: Catalogue, _table: Table, reply: Reply) -> Frames:
    """A reply as `klass_code` or `klass_change`. The code for "unspecified" is left out."""
    if reply.call.url.endswith("/codesAt"):
        return {"klass_code": frame("klass_code", _codes(reply))}
    return {"klass_change": frame("klass_change", _changes(reply))}


def correspondences(reply: Reply) -> list[tuple[str, str, str]]:
    """A correspondence reply as (source code, target code, target name)."""
    return reply.entries(
        lambda row: (row["sourceCode"], row["targetCode"], row["targetName"]),
        "correspondenceItems",
    )


def _codes(reply: Reply) -> list[dict[str, Any]]:
    day = date.fromisoformat(reply.call.params["date"])
    rows = reply.entries(
        lambda row: {
            "code": row["code"],
            "name": row["name"],
            "valid_on": day,
            "reply_id": reply.reply_id,
        },
        "codes",
    )
    return [row for row in rows if row["code"] != UNSPECIFIED]


def _changes(reply: Reply) -> list[dict[str, Any]]:
    """A birth has no old code and a death no new one."""
    return reply.entries(
        lambda row: {
            "changed_on": date.fromisoformat(row["changeOccurred"]),
            "old_code": row["oldCode"],
            "old_name": row["oldName"],
            "new_code": row["newCode"],
            "new_name": row["newName"],
            "reply_id": reply.reply_id,
        },
        "codeChanges",
    )
