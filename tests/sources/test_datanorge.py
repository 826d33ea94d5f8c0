"""data.norge.no: whole pages, by municipality, and an empty answer that is not believed."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.errors import UpstreamError
from sources import catalogue, datanorge
from sources.http import Reply, Upstream

Towards = Callable[..., Upstream]
ENTRIES = catalogue.load()
TABLE = ENTRIES.table_by_id["datanorge_data_sets"]


def hit(path: str = "/KOMMUNE/000000124", **more: object) -> dict[str, Any]:
    publisher = path.rsplit("/", 1)[-1]
    return {"id": "invented-1", "organization": {"id": publisher, "orgPath": path}, **more}


def reply(*hits: dict[str, Any], **block: int) -> Reply:
    size = len(hits)
    page = {"currentPage": 0, "size": size, "totalElements": size, "totalPages": 1} | block
    body = json.dumps({"hits": hits, "aggregations": {}, "page": page}).encode()
    request = datanorge.search_request(block.get("currentPage", 0))
    return Reply(request, body, "application/json", datetime.now(UTC), "invented", date(2026, 6, 1))


def rows(got: Reply) -> list[dict[str, Any]]:
    return datanorge.read(ENTRIES, TABLE, got)["data_set"].to_pylist()


@pytest.mark.parametrize(("total", "pages"), [(1, 1), (1000, 1), (1001, 2), (10_000, 10)])
def test_all_municipalities_are_asked_for_at_once_page_by_page(
    server: Any, towards: Towards, total: int, pages: int
) -> None:
    server.says({"hits": [], "page": {"totalElements": total}})
    planned = datanorge.plan(ENTRIES, TABLE, towards())
    asked = [json.loads(each.request.body or "") for each in planned]
    assert [each["pagination"] for each in asked] == [
        {"page": number, "size": 1000} for number in range(pages)
    ]
    assert {each["filters"]["orgPath"]["value"] for each in asked} == {"/KOMMUNE"}
    assert {each.division for each in planned} == {"current"}
    [counted] = [json.loads(asked.body) for asked in server.asked]
    assert counted["pagination"] == {"page": 0, "size": 1}


@pytest.mark.parametrize("total", [0, 10_001])
def test_none_at_all_or_more_than_can_be_read_is_refused(
    server: Any, towards: Towards, total: int
) -> None:
    """None would read as if no municipality had any; the end of many would be lost."""
    server.says({"hits": [], "page": {"totalElements": total}})
    with pytest.raises(UpstreamError, match=f"{total} data sets are said to be below /KOMMUNE"):
        datanorge.plan(ENTRIES, TABLE, towards())


def test_a_data_set_of_an_agency_is_its_municipalitys() -> None:
    [own] = rows(reply(hit(isOpenData=True)))
    [agency] = rows(reply(hit("/KOMMUNE/000000124/000000140", isOpenData=False)))
    assert (own["organisation_number"], own["is_open"]) == ("000000124", True)
    assert (agency["organisation_number"], agency["is_open"]) == ("000000124", False)
    assert own["as_of"] == date(2026, 6, 1)


def test_whether_a_data_set_is_open_may_be_unsaid() -> None:
    assert [row["is_open"] for row in rows(reply(hit()))] == [None]


@pytest.mark.parametrize("path", ["/STAT/000000124", "/KOMMUNE", "000000124", "/KOMMUNEN/1"])
def test_a_publisher_that_is_no_municipality_was_not_asked_for_and_is_refused(path: str) -> None:
    with pytest.raises(UpstreamError, match="an entry of 'hits' is not as expected"):
        rows(reply(hit(path)))


@pytest.mark.parametrize(
    ("block", "count", "expected"),
    [
        ({"totalElements": 2}, 1, 2),
        ({"totalElements": 1}, 2, 1),
        ({"totalElements": 1002, "currentPage": 1}, 1, 2),
    ],
)
def test_a_page_with_other_hits_than_it_should_have_is_refused(
    block: dict[str, int], count: int, expected: int
) -> None:
    with pytest.raises(UpstreamError, match=f"should have {expected} data sets and has {count}"):
        rows(reply(*[hit()] * count, **block))
