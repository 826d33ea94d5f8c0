"""Klass: the municipalities on a day, what changed between two days, what corresponds to what."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sources import catalogue, klass
from sources.errors import UpstreamError
from sources.http import Call, Reply, Upstream

Towards = Callable[..., Upstream]
ENTRIES = catalogue.load()
TABLE = ENTRIES.table_by_id["klass_131"]
CODES = klass.codes_at_call(131, date(2026, 1, 1))
CHANGES = klass.changes_call(131, date(1838, 1, 1), date(2027, 1, 2))
HARAM = {
    "oldCode": "1507",
    "oldName": "Ålesund",
    "newCode": "1580",
    "newName": "Haram",
    "changeOccurred": "2024-01-01",
}


def reply(call: Call, said: object) -> Reply:
    return Reply(
        call, json.dumps(said).encode(), "", datetime.now(UTC), "invented", date(2026, 6, 1)
    )


def rows(got: Reply) -> list[dict[str, Any]]:
    [table] = klass.read(ENTRIES, TABLE, got).values()
    return table.to_pylist()


def without(given: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in given.items() if key != name}


@pytest.fixture
def recorded(towards: Towards) -> Upstream:
    return towards("recorded")


# --- questions -----------------------------------------------------------------------------


def test_klass_is_asked_for_json_under_its_own_addresses() -> None:
    base = "https://data.ssb.no/api/klass/v1/classifications/131"
    assert CODES.address == f"{base}/codesAt?date=2026-01-01"
    assert CHANGES.address == f"{base}/changes?from=1838-01-01&to=2027-01-02"
    assert klass.corresponds_at_call(131, klass.CENTRALITY, date(2026, 1, 1)).address == (
        f"{base}/correspondsAt?date=2026-01-01&targetClassificationId=128"
    )
    assert {call.accept for call in (CODES, CHANGES)} == {"application/json"}


def test_the_plan_is_of_the_year_the_upstream_is_in(recorded: Upstream) -> None:
    planned = klass.plan(ENTRIES, TABLE, recorded)
    assert [each.call for each in planned] == [CODES, CHANGES]
    assert recorded.calls == 0


def test_changes_are_asked_past_the_new_year_as_the_end_is_not_included(
    recorded: Upstream,
) -> None:
    [_, changes] = klass.plan(ENTRIES, TABLE, recorded)
    assert changes.call.params["to"] > f"{recorded.today.year + 1}-01-01"


# --- answers -------------------------------------------------------------------------------


def test_the_recorded_municipalities_are_the_357_of_today(recorded: Upstream) -> None:
    found = rows(recorded.fetch(CODES))
    assert len({row["code"] for row in found}) == len(found) == 357
    assert {row["valid_on"] for row in found} == {date(2026, 1, 1)}
    names = {row["code"]: row["name"] for row in found}
    assert names["1580"] == "Haram"
    assert names["5041"] == "Snåase - Snåsa"
    assert klass.UNSPECIFIED not in names


def test_the_recorded_changes_tell_the_detour_of_haram(recorded: Upstream) -> None:
    found = rows(recorded.fetch(CHANGES))
    assert len(found) == 2164
    into_1507 = {row["old_code"] for row in found if row["new_code"] == "1507"}
    assert into_1507 == {"1504", "1523", "1529", "1534", "1546"}
    out_of_1507 = {row["new_code"] for row in found if row["old_code"] == "1507"}
    assert out_of_1507 == {"1508", "1580"}
    divided = {row["new_code"] for row in found if row["old_code"] == "5012"}
    assert divided == {"5055", "5056", "5059"}


def test_a_birth_has_no_old_code_and_a_death_no_new_one() -> None:
    birth = HARAM | {"oldCode": None, "oldName": None}
    death = HARAM | {"newCode": None, "newName": None}
    got = reply(CHANGES, {"codeChanges": [birth, death]})
    assert [(row["old_code"], row["new_code"]) for row in rows(got)] == [
        (None, "1580"),
        ("1507", None),
    ]


def test_a_correspondence_is_read_as_source_target_and_name() -> None:
    item = {"sourceCode": "4601", "targetCode": "1", "targetName": "Invented class", "x": 1}
    got = reply(
        klass.corresponds_at_call(131, 128, date(2026, 1, 1)), {"correspondenceItems": [item]}
    )
    assert klass.correspondences(got) == [("4601", "1", "Invented class")]
    assert klass.correspondences(reply(CODES, {"correspondenceItems": []})) == []


@pytest.mark.parametrize(
    ("call", "said", "fault"),
    [
        (CODES, {}, r"codesAt\?date=2026-01-01: expected list at 'codes', came None"),
        (CODES, [], "expected list at 'codes', came"),
        (CODES, {"codes": {"0301": "Oslo"}}, "expected list at 'codes', came {'0301': 'Oslo'}"),
        (CODES, {"codes": [{"name": "Oslo"}]}, r"an entry of 'codes' .*KeyError 'code'.*Oslo"),
        (CODES, {"codes": ["0301"]}, "an entry of 'codes' is not as expected"),
        (CHANGES, {"codes": []}, "changes.*expected list at 'codeChanges', came None"),
        (CHANGES, {"codeChanges": [without(HARAM, "newCode")]}, "KeyError 'newCode'.*Haram"),
        (
            CHANGES,
            {"codeChanges": [HARAM | {"changeOccurred": "last year"}]},
            "entry of 'codeChanges' is not as expected .*last year",
        ),
    ],
)
def test_a_reply_that_is_not_as_expected_is_refused_with_its_address(
    call: Call, said: object, fault: str
) -> None:
    with pytest.raises(UpstreamError, match=rf"^https://data\.ssb\.no/api/klass/.*{fault}"):
        rows(reply(call, said))


def test_xml_in_place_of_json_is_refused() -> None:
    xml = Reply(CODES, b"<?xml version='1.0'?><codeList/>", "", datetime.now(UTC), "x", date.min)
    with pytest.raises(UpstreamError, match=r"codesAt.*expected JSON, came b.<\?xml version"):
        rows(xml)
