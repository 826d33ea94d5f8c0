"""PxWebApi v2 as StatBank speaks it: its limits, tables, metadata, code lists and data."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from common.errors import UpstreamError
from sources import jsonstat
from sources.catalogue import Catalogue, Table
from sources.http import Reply, Request, Upstream
from sources.jsonstat import Cube
from sources.plan import Planned

BASE = "https://data.ssb.no/api/pxwebapi/v2"


def config_request() -> Request:
    """The question for the service's own limits."""
    return Request(f"{BASE}/config")


def tables(
    upstream: Upstream,
    query: str = "",
    past_days: int | None = None,
    *,
    with_discontinued: bool = False,
    language: str = "no",
) -> Iterator[dict[str, Any]]:
    """Every table that matches a Lucene query, page after page, in the service's order.

    Columns of interest: `id`, `label`, `updated`, `firstPeriod`, `lastPeriod`, `discontinued`.
    """
    wanted = {
        "lang": language,
        "query": query,
        "pastDays": str(past_days) if past_days is not None else "",
        "includeDiscontinued": "true" if with_discontinued else "",
        "pageSize": "1000",
    }
    params = {key: value for key, value in wanted.items() if value}
    for number in itertools.count(1):
        page = upstream.fetch(Request(f"{BASE}/tables", params | {"pageNumber": str(number)}))
        yield from page.entries(dict, "tables")
        if number >= page.part(int, "page", "totalPages"):
            return


def metadata_request(table: str, language: str = "no") -> Request:
    """The question for a table's dimensions."""
    asked = {"lang": language, "outputFormat": "json-stat2"}
    return Request(f"{BASE}/tables/{table}/metadata", asked)


def codelist_request(codelist: str) -> Request:
    """The question for a code list's values."""
    return Request(f"{BASE}/codelists/{codelist}", {"lang": "no"})


def data_request(table: str, selection: Sequence[dict[str, Any]]) -> Request:
    """The question for data: always POST, as a long GET address is answered with 404."""
    return Request(
        f"{BASE}/tables/{table}/data",
        {"lang": "no", "outputFormat": "json-stat2"},
        json={"selection": list(selection)},
    )


def fetch(
    _catalogue: Catalogue, planned: Planned, upstream: Upstream, _added_files: Path | None = None
) -> Reply:
    """The reply to a planned request, with the time of its figures noted. Raises UpstreamError."""
    return noted(upstream.fetch(planned.request))


def metadata(upstream: Upstream, table: str, language: str = "no") -> Cube:
    """A table's dimensions. A 404 is asked once more, as any inner fault shows as one there."""
    request = metadata_request(table, language)
    try:
        reply = upstream.fetch(request)
    except UpstreamError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        reply = upstream.fetch(request)
    return cube(reply)


def described(catalogue: Catalogue, table: Table, upstream: Upstream) -> Cube:
    """A table's dimensions. A session asks for them once.

    Raises UpstreamError; for a table that is gone with its successor, if one is known.
    """
    try:
        return metadata(upstream, table.table or "")
    except UpstreamError as error:
        if successor := catalogue.successor_of(table):
            raise UpstreamError(
                f"{error} Table {table.table} was replaced by {successor}.", error.status
            ) from error
        raise


def codelist(upstream: Upstream, codelist_id: str) -> list[str]:
    """The codes of a code list, in its order."""
    return list(codelist_members(upstream, codelist_id))


def codelist_members(upstream: Upstream, codelist_id: str) -> dict[str, list[str]]:
    """The codes of a code list, in its order, each with the codes that it adds up."""
    reply = upstream.fetch(codelist_request(codelist_id))
    return dict(
        reply.entries(
            lambda value: (str(value["code"]), list(value.get("valueMap") or ())), "values"
        )
    )


def cell_limit(upstream: Upstream) -> int:
    limit = upstream.fetch(config_request()).part(int, "maxDataCells")
    if limit < 1:
        raise UpstreamError(f"{BASE}/config: a limit of {limit} cells leaves nothing to ask for.")
    return limit


def cube(reply: Reply) -> Cube:
    """The data set in a reply. Raises UpstreamError that names the address."""
    try:
        return jsonstat.read(reply.content)
    except jsonstat.JsonStatError as error:
        raise UpstreamError(f"{reply.request.address}: {error}") from error


def noted(reply: Reply) -> Reply:
    """A data reply with what it says of its table's last change; any other as it is."""
    if not reply.request.url.endswith("/data"):
        return reply
    updated, is_discontinued = jsonstat.state(reply.content)
    return replace(reply, updated=updated, is_discontinued=is_discontinued)
