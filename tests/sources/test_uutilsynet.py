"""The register of accessibility statements: whole pages, dated statements, no guesses."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.errors import UpstreamError
from sources import catalogue, uutilsynet
from sources.http import Reply, Upstream

Towards = Callable[..., Upstream]
ENTRIES = catalogue.load()
TABLE = ENTRIES.table_by_id["uutilsynet_statements"]
STATEMENT = {
    "organisasjonsnummer": "099999999",
    "verksemdNamn": "OPPDIKTET KOMMUNE",
    "iktLoeysingNamn": "Invented solution",
    "iktLoeysingAdresse": "https://example.org",
    "erklaeringsAdresse": "https://example.org/statements/00000000-0000-0000-0000-000000000000/",
    "sisteOppdatering": "2025-02-13T09:10:11",
    "talBrot": 14,
    "talSamsvar": 34,
    "talIkkjeRelevant": 0,
}


def page(*statements: dict[str, Any], **block: int) -> Reply:
    """A page of the register; what its page block says can be changed."""
    said = {
        "_embedded": {"dataElements": list(statements)},
        "page": {"size": 1000, "totalElements": len(statements), "totalPages": 1, "number": 0}
        | block,
    }
    return reply(said)


def reply(said: object) -> Reply:
    return Reply(
        uutilsynet.page_request(0),
        json.dumps(said).encode(),
        "application/json",
        datetime.now(UTC),
        "invented",
        date(2026, 6, 1),
    )


def rows(got: Reply) -> list[dict[str, Any]]:
    return uutilsynet.read(ENTRIES, TABLE, got)["accessibility_statement"].to_pylist()


# --- asking --------------------------------------------------------------------------------


def test_every_page_is_asked_for_and_never_for_json_which_the_service_refuses(
    server: Any, towards: Towards
) -> None:
    server.says(json.loads(page(STATEMENT, totalPages=3).content))
    planned = uutilsynet.plan(ENTRIES, TABLE, towards())
    assert [each.request.address for each in planned] == [
        f"{uutilsynet.ADDRESS}?page={number}&size=1000" for number in range(3)
    ]
    assert {each.division for each in planned} == {"current"}
    assert [asked.headers["Accept"] for asked in server.asked] == ["*/*"]


def test_the_first_page_is_not_asked_for_twice(server: Any, towards: Towards) -> None:
    server.says(json.loads(page(STATEMENT).content))
    session = towards()
    [planned] = uutilsynet.plan(ENTRIES, TABLE, session)
    assert len(rows(session.fetch(planned.request))) == 1
    assert len(server.asked) == 1


def test_the_recorded_register_is_read_whole(towards: Towards) -> None:
    session = towards("recorded")
    planned = uutilsynet.plan(ENTRIES, TABLE, session)
    statements = [row for each in planned for row in rows(session.fetch(each.request))]
    assert len({row["statement_id"] for row in statements}) == len(statements) == 5530
    assert len({row["organisation_number"] for row in statements}) == 357
    assert {row["as_of"] for row in statements} == {date(2026, 6, 1)}
    assert all(row["updated_on"] <= row["as_of"] for row in statements)
    assert all(row["breaches"] >= 0 for row in statements)


# --- reading -------------------------------------------------------------------------------


def test_a_statement_is_known_by_its_uuid_and_dated_by_day() -> None:
    [row] = rows(page(STATEMENT))
    assert row["statement_id"] == "00000000-0000-0000-0000-000000000000"
    assert row["organisation_number"] == "099999999"
    assert row["updated_on"] == date(2025, 2, 13)
    assert (row["breaches"], row["conformities"], row["not_relevant"]) == (14, 34, 0)


def test_a_statement_without_a_day_or_numbers_has_none_and_not_zero() -> None:
    [row] = rows(page(STATEMENT | {"sisteOppdatering": None, "talBrot": None}))
    assert (row["updated_on"], row["breaches"]) == (None, None)


@pytest.mark.parametrize(
    "name",
    ["organisasjonsnummer", "sisteOppdatering", "talBrot", "talSamsvar", "erklaeringsAdresse"],
)
def test_a_statement_that_lost_a_field_is_refused_and_not_read_as_without(name: str) -> None:
    lost = {key: value for key, value in STATEMENT.items() if key != name}
    with pytest.raises(UpstreamError, match=f"an entry of '_embedded.dataElements'.*'{name}'"):
        rows(page(STATEMENT, lost))


@pytest.mark.parametrize(
    "odd",
    [{"sisteOppdatering": "i fjor"}, {"erklaeringsAdresse": None}, {"sisteOppdatering": 2025}],
)
def test_a_statement_that_can_not_be_read_is_refused_with_the_address(odd: dict[str, Any]) -> None:
    with pytest.raises(UpstreamError, match=r"alle-erklaeringer\?page=0.*is not as expected"):
        rows(page(STATEMENT | odd))


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ({"totalElements": 3}, "page 0 should have 3 statements and has 2.*refresh again"),
        ({"size": 1}, "page 0 should have 1 statements and has 2"),
        ({"totalElements": 1002, "number": 1}, None),
        ({"totalElements": 1003, "number": 1}, "page 1 should have 3 statements and has 2"),
    ],
)
def test_a_page_with_other_statements_than_it_says_is_refused(
    block: dict[str, int], fault: str | None
) -> None:
    got = page(STATEMENT, STATEMENT, **block)
    if fault is None:
        assert len(rows(got)) == 2
        return
    with pytest.raises(UpstreamError, match=fault):
        rows(got)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"page": {"totalElements": 5}}, "expected list at '_embedded.dataElements', came None"),
        ({"_embedded": {"dataElements": []}}, "expected int at 'page.size', came None"),
        ([], "expected list at '_embedded.dataElements'"),
    ],
)
def test_a_page_without_its_parts_is_refused(said: object, fault: str) -> None:
    with pytest.raises(UpstreamError, match=fault):
        rows(reply(said))
