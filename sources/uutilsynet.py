"""The register of accessibility statements: what public bodies say of their own solutions.

A statement is made by the body itself, so its numbers are self-reported. Its identity is the
UUID at the end of its address.
"""

from datetime import date
from typing import Any

import orjson

from sources.catalogue import Catalogue, Table
from sources.errors import UpstreamError
from sources.http import Call, Reply, Upstream
from sources.plan import Planned
from sources.tidy import Frames, frame

ADDRESS = "https://data.uutilsynet.no/dataset/alle-erklaeringer"
PAGE_SIZE = 1000


def page_call(number: int) -> Call:
    """The question for one page. The service refuses `Accept: application/json` with 406."""
    return Call(ADDRESS, {"page": str(number), "size": str(PAGE_SIZE)}, accept="*/*")


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """One call a page; the first page tells how many there are."""
    first = _object(upstream.fetch(page_call(0)))
    pages = int(first["page"]["totalPages"])
    return [Planned(page_call(number), table.id, division="current") for number in range(pages)]


def read(_catalogue: Catalogue, _table: Table, reply: Reply) -> Frames:
    """A page as `accessibility_statement` rows."""
    elements = _object(reply).get("_embedded", {}).get("dataElements", [])
    rows = [_statement(element, reply) for element in elements]
    return {"accessibility_statement": frame("accessibility_statement", rows)}


def _statement(element: dict[str, Any], reply: Reply) -> dict[str, Any]:
    updated = element.get("sisteOppdatering")
    try:
        return {
            "statement_id": element["erklaeringsAdresse"].rstrip("/").rsplit("/", 1)[-1],
            "organisation_number": element["organisasjonsnummer"],
            "solution_name": element["iktLoeysingNamn"],
            "solution_address": element.get("iktLoeysingAdresse"),
            "updated_on": date.fromisoformat(updated[:10]) if updated else None,
            "breaches": element["talBrot"],
            "conformities": element["talSamsvar"],
            "not_relevant": element["talIkkjeRelevant"],
            "as_of": reply.as_of,
            "reply_id": reply.reply_id,
        }
    except KeyError as error:
        raise UpstreamError(
            f"{reply.call.address}: a statement lacks the field {error}; it has"
            f" {', '.join(sorted(element))}."
        ) from error


def _object(reply: Reply) -> dict[str, Any]:
    try:
        found = orjson.loads(reply.content)
    except orjson.JSONDecodeError as error:
        raise UpstreamError(f"{reply.call.address}: this is not JSON: {error}.") from error
    if not isinstance(found, dict) or "page" not in found:
        raise UpstreamError(f"{reply.call.address}: expected an object with a 'page' block.")
    return found
