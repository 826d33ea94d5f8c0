"""The register of accessibility statements: what public bodies say of their own solutions.

A statement is made by the body itself, so its numbers are self-reported. Its identity is the
UUID at the end of its address.
"""

from datetime import date
from typing import Any

from sources import paging, service
from sources.catalogue import Catalogue, Table
from sources.frames import Frames, frame
from sources.http import Reply, Request, Upstream
from sources.plan import Planned

# as of other services that answer in JSON
fetch, questions, shape = service.fetch, service.no_questions, service.shape

ADDRESS = "https://data.uutilsynet.no/dataset/alle-erklaeringer"
PAGE_SIZE = 1000


def page_request(number: int) -> Request:
    """The question for one page. The service refuses `Accept: application/json` with 406."""
    return Request(ADDRESS, {"page": str(number), "size": str(PAGE_SIZE)}, accept="*/*")


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """One request a page; the first page tells how many there are."""
    pages = paging.pages(upstream.fetch(page_request(0)))
    return [Planned(page_request(number), table.id, division="current") for number in range(pages)]


def read(_catalogue: Catalogue, _table: Table, reply: Reply, _resolve: object = None) -> Frames:
    """A page as `accessibility_statement` rows.

    Raises UpstreamError if a statement is not as expected, or there are other than the page says.
    """
    rows = reply.entries(lambda given: _statement(given, reply), "_embedded", "dataElements")
    paging.require_whole(reply, len(rows), "statements")
    return {"accessibility_statement": frame("accessibility_statement", rows)}


def _statement(given: dict[str, Any], reply: Reply) -> dict[str, Any]:
    updated = given["sisteOppdatering"]
    return {
        "statement_id": given["erklaeringsAdresse"].rstrip("/").rsplit("/", 1)[-1],
        "organisation_number": given["organisasjonsnummer"],
        "solution_name": given["iktLoeysingNamn"],
        "solution_address": given.get("iktLoeysingAdresse"),
        "updated_on": date.fromisoformat(updated[:10]) if updated else None,
        "breaches": given["talBrot"],
        "conformities": given["talSamsvar"],
        "not_relevant": given["talIkkjeRelevant"],
        "as_of": reply.as_of,
        "reply_id": reply.reply_id,
    }
