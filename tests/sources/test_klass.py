"""Klass: the municipalities on a day, what changed between two days, what corresponds to what."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.errors import UpstreamError
from sources import catalogue, klass
from sources.catalogue import Table
from sources.http import Reply, Request, RequestLimits, Upstream
from tests.upstream.server import StandIn

Towards = Callable[..., Upstream]
ENTRIES = catalogue.load()
TABLE = ENTRIES.table_by_id["klass_131"]
CODES = klass.codes_at_request(131, date(2026, 1, 1))
CHANGES = klass.changes_request(131, date(1838, 1, 1), date(2027, 1, 2))
HARAM = {
    "oldCode": "1507",
    "oldName": "Ålesund",
    "newCode": "1580",
    "newName": "Haram",
    "changeOccurred": "2024-01-01",
}


def reply(request: Request, said: object) -> Reply:
    return Reply(
        request, json.dumps(said).encode(), "", datetime.now(UTC), "invented", date(2026, 6, 1)
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
    assert klass.corresponds_request(131, 128, date(2026, 1, 1), date(2027, 1, 1)).address == (
        f"{base}/corresponds?from=2026-01-01&targetClassificationId=128&to=2027-01-01"
    )
    assert {request.accept for request in (CODES, CHANGES)} == {"application/json"}


def test_the_plan_is_of_the_year_the_upstream_is_in(recorded: Upstream) -> None:
    planned = klass.plan(ENTRIES, TABLE, recorded)
    assert [each.request for each in planned] == [CODES, CHANGES]
    assert recorded.requests == 0


def test_changes_are_asked_past_the_new_year_as_the_end_is_not_included(
    recorded: Upstream,
) -> None:
    [_, changes] = klass.plan(ENTRIES, TABLE, recorded)
    assert changes.request.params["to"] > f"{recorded.today.year + 1}-01-01"


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


# --- classes -------------------------------------------------------------------------------

CENTRALITY, GROUP = ENTRIES.table_by_id["klass_128"], ENTRIES.table_by_id["klass_112"]


def classes(table: Table, said: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    request = klass.corresponds_request(131, 128, date(2020, 1, 1), date(2027, 1, 1))
    got = klass.read(ENTRIES, table, reply(request, {"correspondenceItems": said}))
    return [tuple(row.values())[:-1] for row in got["classification"].to_pylist()]


ITEM = {"sourceCode": "1124", "sourceName": "Sola", "validFrom": "2020-01-01"}


def test_a_class_holds_from_one_day_to_another_and_its_end_is_known_only_once_it_is_past() -> None:
    before = {"targetCode": "03", "targetName": "invented class", "validTo": "2024-01-01"}
    after = {"targetCode": "02", "targetName": "another", "validTo": "2027-01-01"}
    assert classes(CENTRALITY, [ITEM | before, ITEM | after | {"validFrom": "2024-01-01"}]) == [
        ("centrality", "1124", "03", "invented class", date(2020, 1, 1), date(2024, 1, 1)),
        ("centrality", "1124", "02", "another", date(2024, 1, 1), None),
    ]


def test_a_class_without_a_beginning_begins_on_the_first_day_asked_for() -> None:
    always = {"targetCode": "1", "targetName": "invented", "validFrom": None, "validTo": None}
    assert classes(CENTRALITY, [ITEM | always])[0][-2:] == (date(2020, 1, 1), None)


def test_kostra_groups_have_their_municipalities_on_the_other_side() -> None:
    item = {
        "sourceCode": "EKG12",
        "sourceName": "KOSTRA-gruppe 12",
        "targetCode": "4601",
        "targetName": "Bergen",
        "validFrom": "2026-01-01",
        "validTo": "2027-01-01",
    }
    unspecified = item | {"targetCode": "9999"}
    assert classes(GROUP, [item, unspecified]) == [
        ("kostra_group", "4601", "EKG12", "KOSTRA-gruppe 12", date(2026, 1, 1), None)
    ]


def asked(server: StandIn, table: Table, tmp_path: Path) -> list[dict[str, str]]:
    """The requests planned for a table at the stand-in, each of which has an answer."""
    limits = RequestLimits(requests=1_000, per_seconds=1)
    with Upstream(server.address, budget=tmp_path / "requests.sqlite", limits=limits) as session:
        planned = [item.request for item in klass.plan(ENTRIES, table, session)]
        made = session.requests
        for request in planned:
            session.fetch(request)
        assert session.requests == made
    return [dict(request.params) for request in planned]


def test_a_period_without_a_correspondence_in_part_is_asked_for_year_by_year(
    tmp_path: Path,
) -> None:
    with StandIn() as server:
        requests = asked(server, CENTRALITY, tmp_path)
        assert [request["from"] for request in requests][:2] == ["2024-01-01", "2025-01-01"]
        assert all(request["to"][:4] == str(int(request["from"][:4]) + 1) for request in requests)
        assert {item.status for item in server.asked} == {404, 200}


def test_a_period_with_correspondences_all_through_is_one_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.upstream.klass._CLASSES_FROM", date(2020, 1, 1))
    with StandIn() as server:
        [request] = asked(server, GROUP, tmp_path)
        assert (request["from"], len(server.asked)) == ("2020-01-01", 1)


def test_a_classification_without_any_correspondence_is_told(tmp_path: Path) -> None:
    nowhere = GROUP.model_copy(update={"table": "999"})
    with (
        StandIn() as server,
        pytest.raises(UpstreamError, match=r"/999/corresponds.* Klass has no such correspondence"),
    ):
        asked(server, nowhere, tmp_path)


@pytest.mark.parametrize(
    ("asked_for", "said", "fault"),
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
    asked_for: Request, said: object, fault: str
) -> None:
    with pytest.raises(UpstreamError, match=rf"^https://data\.ssb\.no/api/klass/.*{fault}"):
        rows(reply(asked_for, said))


def test_xml_in_place_of_json_is_refused() -> None:
    xml = Reply(CODES, b"<?xml version='1.0'?><codeList/>", "", datetime.now(UTC), "x", date.min)
    with pytest.raises(UpstreamError, match=r"codesAt.*expected JSON, came b.<\?xml version"):
        rows(xml)
