"""Klass, SSB's register of classifications: codes at a date, changes, correspondences.

Klass answers XML unless asked for JSON. `to` is exclusive, and what it says of validity is clipped
to the request. A range in which any part lacks a correspondence table is 404: then it is asked for
year by year, and a year without one is left out. `correspondsAt` has been seen to be empty where
`corresponds` has rows, so it is not used.
"""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from common.errors import UpstreamError
from sources import service
from sources.catalogue import Catalogue, Table
from sources.frames import Frames, frame
from sources.http import Reply, Request, Upstream
from sources.plan import Planned

# as of other services that answer in JSON
fetch, shape = service.fetch, service.shape

BASE = "https://data.ssb.no/api/klass/v1/classifications"
MUNICIPALITY = 131
UNSPECIFIED = "9999"
_FIRST_CHANGE = date(1838, 1, 1)
_FIRST_CLASS = 2020  # the year from which classes are asked for
_SIDES = {"sourceCode": "targetCode", "targetCode": "sourceCode"}


def codes_at_request(classification: int, day: date) -> Request:
    """The question for the codes in force on a day."""
    return Request(f"{BASE}/{classification}/codesAt", {"date": day.isoformat()})


def changes_request(classification: int, start: date, end: date) -> Request:
    """The question for what changed from `start` to, but not on, `end`."""
    period = {"from": start.isoformat(), "to": end.isoformat()}
    return Request(f"{BASE}/{classification}/changes", period)


def corresponds_request(source: int, target: int, start: date, end: date) -> Request:
    """The question for which target code each source code belongs to, from `start` to `end`."""
    return Request(
        f"{BASE}/{source}/corresponds",
        {
            "targetClassificationId": str(target),
            "from": start.isoformat(),
            "to": end.isoformat(),
        },
    )


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """The municipalities of this year and every change there has been, or the classes they had."""
    if table.holds == "classification":
        return [Planned(request, table.id) for request in _class_requests(table, upstream)]
    new_year = date(upstream.today.year, 1, 1)
    after = date(upstream.today.year + 1, 1, 2)
    classification = int(table.table or MUNICIPALITY)
    return [
        Planned(codes_at_request(classification, new_year), table.id),
        Planned(changes_request(classification, _FIRST_CHANGE, after), table.id),
    ]


def _class_requests(table: Table, upstream: Upstream) -> list[Request]:
    """One request for all years or, if any of them has no correspondence, one for each that has.

    They are asked here to find that out; a session does not ask the same again.
    """
    whole, by_year = _spans(table, upstream)
    if _is_there(whole, upstream):
        return [whole]
    found = [request for request in by_year if _is_there(request, upstream)]
    if not found:
        raise UpstreamError(
            f"{whole.address}: Klass has no such correspondence in any year since {_FIRST_CLASS};"
            f" look at {table.url}."
        )
    return found


def _spans(table: Table, upstream: Upstream) -> tuple[Request, list[Request]]:
    """The request for all years, and one for each."""
    number, years = int(table.table or 0), range(_FIRST_CLASS, upstream.today.year + 1)
    [(class_side, _)] = table.classes.values()
    is_target = class_side == "targetCode"
    source, target = (MUNICIPALITY, number) if is_target else (number, MUNICIPALITY)

    def of(first: int, last: int) -> Request:
        return corresponds_request(source, target, date(first, 1, 1), date(last + 1, 1, 1))

    return of(years[0], years[-1]), [of(year, year) for year in years]


def questions(table: Table, planned: Sequence[Planned], upstream: Upstream) -> list[Request]:
    """What is asked to make a plan: all years and, if they are not to be had, each of them."""
    if table.holds != "classification":
        return []
    whole, by_year = _spans(table, upstream)
    return [whole] if whole in {item.request for item in planned} else [whole, *by_year]


def _is_there(request: Request, upstream: Upstream) -> bool:
    try:
        upstream.fetch(request)
    except UpstreamError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


def read(_catalogue: Catalogue, table: Table, reply: Reply, _resolve: object = None) -> Frames:
    """A reply as `klass_code`, `klass_change` or `classification`. "Unspecified" is left out."""
    if table.holds == "classification":
        return {"classification": frame("classification", _classes(table, reply))}
    if reply.request.url.endswith("/codesAt"):
        return {"klass_code": frame("klass_code", _codes(reply))}
    return {"klass_change": frame("klass_change", _changes(reply))}


def _classes(table: Table, reply: Reply) -> list[dict[str, Any]]:
    """The class of each municipality. An end after the day of the reply is none that is known."""
    [(scheme, (code, name))] = table.classes.items()
    start = date.fromisoformat(reply.request.params["from"])

    def read(row: dict[str, Any]) -> dict[str, Any]:
        ends = date.fromisoformat(row["validTo"]) if row["validTo"] else None
        return {
            "scheme": scheme,
            "municipality_code": row[_SIDES[code]],
            "class_code": row[code],
            "class_name": row[name or ""],
            "valid_from": date.fromisoformat(row["validFrom"]) if row["validFrom"] else start,
            "valid_to": ends if ends and ends <= reply.as_of else None,
            "reply_id": reply.reply_id,
        }

    rows = reply.entries(read, "correspondenceItems")
    return [row for row in rows if row["municipality_code"] != UNSPECIFIED]


def _codes(reply: Reply) -> list[dict[str, Any]]:
    day = date.fromisoformat(reply.request.params["date"])
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
