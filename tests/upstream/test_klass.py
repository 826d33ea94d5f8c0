"""Klass as it answers: the municipalities of any day, their changes, and their classes."""

import csv
from xml.etree import ElementTree as ET

import pytest

from tests.upstream.conftest import KLASS, Ask
from tests.upstream.recordings import RECORDED


@pytest.mark.parametrize(
    ("day", "municipalities"),
    [
        ("2013-01-01", 428),
        ("2016-12-31", 428),
        ("2017-01-01", 426),
        ("2019-01-01", 422),
        ("2020-01-01", 356),
        ("2023-12-31", 356),
        ("2024-01-01", 357),
        ("2026-01-01", 357),
    ],
)
def test_there_are_as_many_municipalities_on_a_day_as_there_were(
    ask: Ask, day: str, municipalities: int
) -> None:
    codes = ask(f"{KLASS}/131/codesAt?date={day}").json()["codes"]
    assert len([code for code in codes if code["code"] != "9999"]) == municipalities


def test_old_haram_is_there_in_2019_and_new_haram_in_2024(ask: Ask) -> None:
    before, between, after = (
        {row["code"]: row["name"] for row in ask(f"{KLASS}/131/codesAt?date={day}").json()["codes"]}
        for day in ("2019-12-31", "2020-01-01", "2024-01-01")
    )
    assert before["1534"] == after["1580"] == "Haram"
    assert "Haram" not in between.values()


def test_the_end_of_a_period_is_not_in_it(ask: Ask) -> None:
    whole, without = (
        {row["newCode"] for row in ask(address).json()["codeChanges"] if row["oldCode"] == "1507"}
        for address in (
            f"{KLASS}/131/changes?from=2024-01-01&to=2024-01-02",
            f"{KLASS}/131/changes?from=2020-01-02&to=2024-01-01",
        )
    )
    assert whole == {"1508", "1580"}
    assert without == set()


def test_true_validity_is_null_and_the_rest_is_clipped_to_the_request(ask: Ask) -> None:
    codes = ask(f"{KLASS}/131/codes?from=2019-01-01&to=2022-01-01").json()["codes"]
    [alesund] = [row for row in codes if row["code"] == "1507"]
    assert (alesund["validFrom"], alesund["validTo"]) == (None, None)
    assert alesund["validFromInRequestedRange"] == "2020-01-01"
    assert alesund["validToInRequestedRange"] == "2022-01-01"


def test_a_code_recurs_when_its_name_changes(ask: Ask) -> None:
    codes = ask(f"{KLASS}/131/codes?from=0001-01-01&to=2027-01-01").json()["codes"]
    names = [row["name"] for row in codes if row["code"] == "0101"]
    assert names == ["Fredrikshald", "Halden"]


def test_it_speaks_xml_to_whoever_does_not_ask_for_json(ask: Ask) -> None:
    answer = ask(f"{KLASS}/131/codesAt?date=2026-01-01", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "application/xml"
    codes = [item.findtext("code") for item in ET.fromstring(answer.content).iter("codeItem")]  # noqa: S314
    assert len(codes) == 358


@pytest.mark.parametrize(
    ("target", "column"), [("128", "sentralitet"), ("112", "kostranr")]
)  # fmt: skip
def test_a_municipality_belongs_to_the_class_that_is_recorded(
    ask: Ask, target: str, column: str
) -> None:
    path = RECORDED / "files" / "centrality_kostra_group_2024.csv"
    with path.open(encoding="utf-8", newline="") as file:
        recorded = {row["Kommunenummer"]: row[column] for row in csv.DictReader(file)}
    address = f"{KLASS}/131/correspondsAt?targetClassificationId={target}&date=2026-01-01"
    rows = ask(address).json()["correspondenceItems"]
    assert {row["sourceCode"]: row["targetCode"] for row in rows} == recorded


def test_a_period_without_a_table_in_any_part_is_404_and_a_day_without_one_is_empty(
    ask: Ask,
) -> None:
    target = "targetClassificationId=128"
    assert ask(f"{KLASS}/131/corresponds?{target}&from=2023-06-01&to=2025-01-01").status_code == 404
    assert ask(f"{KLASS}/131/corresponds?{target}&from=2024-01-01&to=2025-01-01").status_code == 200
    day = ask(f"{KLASS}/131/correspondsAt?{target}&date=2023-01-01")
    assert day.json() == {"correspondenceItems": []}


@pytest.mark.parametrize(
    ("path", "status"),
    [("9/codesAt?date=2026-01-01", 404), ("131/codesAt?date=i+dag", 400), ("131/variant", 404)],
)
def test_what_it_does_not_have_it_says_in_words(ask: Ask, path: str, status: int) -> None:
    answer = ask(f"{KLASS}/{path}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/plain")
