"""data.norge.no, the national catalogue of data sets: which of them municipalities have published.

A hit tells where its publisher stands in the tree of public bodies: `/KOMMUNE/964948798` is a
municipality, `/KOMMUNE/958935420/974770482` an agency of one. The second step is the municipality's
organisation number. A municipality without a hit has published nothing here, for the search is for
all of them at once.
"""

from collections.abc import Sequence
from typing import Any

from common.errors import UpstreamError
from sources import service
from sources.catalogue import Catalogue, Table
from sources.frames import Frames, frame
from sources.http import Reply, Request, Upstream
from sources.plan import Planned

# as of other services that answer in JSON
fetch, shape = service.fetch, service.shape

ADDRESS = "https://search.api.fellesdatakatalog.digdir.no/search/datasets"
ALL_MUNICIPALITIES = "/KOMMUNE"
PAGE_SIZE = 1000
MOST_HITS = 10_000
"""How far into its hits the search service goes."""


def search_request(page: int, size: int = PAGE_SIZE) -> Request:
    """The question for a page of the data sets of all municipalities, oldest first."""
    return Request(
        ADDRESS,
        json={
            "filters": {"orgPath": {"value": ALL_MUNICIPALITIES}},
            "sort": {"field": "FIRST_HARVESTED", "direction": "ASC"},
            "pagination": {"page": page, "size": size},
        },
    )


def _count_request() -> Request:
    return search_request(0, size=1)


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """One request a page, after a question for how many data sets there are.

    Raises UpstreamError if there are none, which would read as if no municipality had any, or
    more than the service gives.
    """
    total = upstream.fetch(_count_request()).part(int, "page", "totalElements")
    if not 0 < total <= MOST_HITS:
        raise UpstreamError(
            f"{ADDRESS}: {total} data sets are said to be below {ALL_MUNICIPALITIES}, which can't"
            f" be read: 1 to {MOST_HITS} can. Look at what is asked for."
        )
    pages = range(-(-total // PAGE_SIZE))
    return [Planned(search_request(page), table.id, division="current") for page in pages]


def questions(_table: Table, _planned: Sequence[Planned], _upstream: Upstream) -> list[Request]:
    """What is asked to make a plan: how many there are."""
    return [_count_request()]


def read(_catalogue: Catalogue, _table: Table, reply: Reply, _resolve: object = None) -> Frames:
    """A page of hits as `data_set` rows.

    Raises UpstreamError if a hit is not as expected, or there are other than there should be.
    """
    rows = reply.entries(lambda given: _data_set(given, reply), "hits")
    number, total = (reply.part(int, "page", key) for key in ("currentPage", "totalElements"))
    expected = min(PAGE_SIZE, total - number * PAGE_SIZE)
    if len(rows) != expected:
        raise UpstreamError(
            f"{reply.request.address}: page {number} should have {expected} data sets and has"
            f" {len(rows)}. The catalogue may have changed meanwhile; refresh again."
        )
    return {"data_set": frame("data_set", rows)}


def _data_set(given: dict[str, Any], reply: Reply) -> dict[str, Any]:
    path = given["organization"]["orgPath"]
    if not path.startswith(f"{ALL_MUNICIPALITIES}/"):
        raise ValueError(f"a publisher that is not below {ALL_MUNICIPALITIES}")
    return {
        "data_set_id": given["id"],
        "organisation_number": path.split("/")[2],
        "is_open": given.get("isOpenData"),
        "as_of": reply.as_of,
        "reply_id": reply.reply_id,
    }
