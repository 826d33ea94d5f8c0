"""The registers of networks and cooperations as they are packaged."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from common.errors import InputError
from sources.networks import (
    EVIDENCE,
    REGISTER,
    Basis,
    check_membership_file,
    first_day,
    last_day,
    read_register,
)
from sources.networks.register import PACKAGED
from tests.sources.test_networks.conftest import KLASS, Rows, csv_rows

# What the packaged registers say


def test_members_by_network_and_basis_are_those_the_public_pages_support(
    register: dict[str, Rows],
) -> None:
    counted = Counter((row["network_id"], row["basis"]) for row in register["network_membership"])
    assert counted == {
        ("digiviken", "source_says_all_in_county"): 51,
        ("diginordland", "source_says_all_in_county"): 41,
        ("digimr", "source_says_all_in_county"): 27,
        ("digiagder", "source_says_all_in_county"): 25,
        ("digitv", "source_says_all_in_county"): 23,
        ("digitale_helgeland", "named_in_source"): 16,
        ("digivestland", "steering_group_seat"): 8,
        ("digirogaland", "steering_group_seat"): 7,
        ("digitrofi", "council_decision"): 1,
    }


def test_most_memberships_rest_on_weak_evidence(register: dict[str, Rows]) -> None:
    strengths = Counter(
        EVIDENCE[Basis(row["basis"])].strength for row in register["network_membership"]
    )
    assert strengths == {"weak": 167, "strong": 32}


def test_there_are_ten_regional_networks_one_predecessor_and_two_networks_inside_diginordland(
    register: dict[str, Rows],
) -> None:
    networks = {row["network_id"]: row for row in register["network"]}
    inside = {i for i, row in networks.items() if row["parent_network_id"] == "diginordland"}
    succeeded = {row["predecessor_ids"] for row in networks.values()} - {None}
    regional = {i for i, row in networks.items() if row["scope"] == "regional"}
    assert inside == {"digitale_helgeland", "digivesteralen"}
    assert networks["digivestland"]["predecessor_ids"] == "digihordaland"
    assert len(regional - succeeded) == 10
    assert len(networks) == 13


def test_every_member_of_digitale_helgeland_is_a_member_of_diginordland_too(
    register: dict[str, Rows],
) -> None:
    members: dict[str, set[str]] = {}
    for row in register["network_membership"]:
        members.setdefault(row["network_id"], set()).add(row["municipality_code"])
    assert members["digitale_helgeland"] < members["diginordland"]


def test_a_count_without_names_is_a_statement_and_no_membership(register: dict[str, Rows]) -> None:
    counts = {
        row["network_id"]: row["member_count"]
        for row in register["network_statement"]
        if row["statement_type"] == "member_count"
    }
    assert counts == {
        "digivesteralen": 6,
        "digivestland": 40,
        "digirogaland": 26,
        "digihordaland": 33,
    }
    assert not {row["basis"] for row in register["network_membership"]} & {"count_only", "unknown"}


def test_oslo_has_no_network_and_the_register_says_so(register: dict[str, Rows]) -> None:
    statements = [row for row in register["network_statement"] if row["network_id"] is None]
    assert [row["statement_type"] for row in statements] == ["no_network_found"]
    assert "0301" in statements[0]["about"]
    assert "0301" not in {row["municipality_code"] for row in register["network_membership"]}


def test_every_code_is_in_the_division_its_row_names(
    register: dict[str, Rows], municipalities: dict[str, str]
) -> None:
    abolished_in_2020 = {
        (row["from_code"], row["from_label"])
        for row in csv_rows(KLASS / "klass_131_changes_full.csv")
        if row["changeOccurred"] == "2020-01-01"
    }
    rows = [
        (row["municipality_code"], row["code_year"], row.get("municipality_name"))
        for name in ("network_membership", "action_zone")
        for row in register[name]
    ] + [
        (row["municipality_code"], row["code_year"], row["member_name"])
        for row in register["cooperation_membership"]
        if row["municipality_code"]
    ]
    assert len(rows) == 199 + 25 + 57 + 7 + 2 + 204
    for code, year, name in rows:
        if year == 2018 and code not in municipalities:
            assert (code, name) in abolished_in_2020
        else:
            forms = re.sub(r" \(.*\)", "", municipalities[code]).split(" - ")
            assert name in forms


def test_the_two_municipalities_called_heroy_are_members_each_of_its_own_network(
    register: dict[str, Rows],
) -> None:
    heroy = {
        (row["network_id"], row["municipality_code"])
        for row in register["network_membership"]
        if row["municipality_name"] == "Herøy"
    }
    assert heroy == {("digimr", "1515"), ("diginordland", "1818"), ("digitale_helgeland", "1818")}


def test_the_action_zone_has_18_municipalities_in_finnmark_and_7_in_troms(
    register: dict[str, Rows],
) -> None:
    zone = Counter((row["county"], row["basis"]) for row in register["action_zone"])
    assert zone == {
        ("Finnmark", "source_says_all_in_county"): 18,
        ("Troms", "named_in_source"): 7,
    }


@pytest.mark.parametrize(
    ("cooperation", "owners", "largest", "total"),
    [
        ("indigo_ikt", 7, ("Hamar", 33.21), 100),
        ("ikt_agder", 15, ("Arendal", 28.5), 100),
        ("hedmark_ikt", 7, ("Hamar", 32.5), 100.1),  # as its page rounds them
    ],
)
def test_the_owners_of_an_inter_municipal_company_own_all_of_it(
    register: dict[str, Rows],
    cooperation: str,
    owners: int,
    largest: tuple[str, float],
    total: float,
) -> None:
    shares = {
        row["member_name"]: row["owner_share_pct"]
        for row in register["cooperation_membership"]
        if row["cooperation_id"] == cooperation and row["owner_share_pct"] is not None
    }
    assert len(shares) == owners
    assert sum(shares.values()) == pytest.approx(total)
    assert max(shares.items(), key=lambda item: item[1]) == largest


def test_the_county_owns_a_share_of_ikt_agder_but_has_no_municipality_code(
    register: dict[str, Rows],
) -> None:
    counties = [row for row in register["cooperation_membership"] if row["member_form"] == "FYLK"]
    assert [(row["member_name"], row["municipality_code"]) for row in counties] == [
        ("Agder fylkeskommune", None)
    ]


def test_skodje_is_a_member_of_ekommune_sunnmore_under_the_code_it_had_in_2018(
    register: dict[str, Rows],
) -> None:
    (skodje,) = [
        row for row in register["cooperation_membership"] if row["member_name"] == "Skodje"
    ]
    assert (skodje["municipality_code"], skodje["code_year"], skodje["valid_to"]) == (
        "1529",
        2018,
        "2018-12-31",
    )


def test_a_cooperation_without_member_rows_says_that_they_were_not_found(
    register: dict[str, Rows],
) -> None:
    with_members = {row["cooperation_id"] for row in register["cooperation_membership"]}
    found = {row["cooperation_id"] for row in register["cooperation"] if row["members_found"]}
    assert found == with_members
    assert Counter(row["field"] for row in register["cooperation"]) == {
        "ict": 14,
        "child_welfare": 64,
    }
    assert len(found) == 6 + 64


def test_who_joined_indigo_ikt_after_its_founding_has_no_share_and_no_day(
    register: dict[str, Rows],
) -> None:
    joined = [
        (row["member_name"], row["municipality_code"], row["valid_from"])
        for row in register["cooperation_membership"]
        if row["cooperation_id"] == "indigo_ikt" and row["owner_share_pct"] is None
    ]
    assert joined == [("Våler", "3419", None), ("Åsnes", "3418", None)]


def test_the_default_definition_of_a_district_municipality_is_in_the_register(
    register: dict[str, Rows],
) -> None:
    definitions = {row["definition_id"]: row for row in register["district_definition"]}
    assert len(definitions) == 14
    assert definitions["kdd_distriktskommune_sentralitet456"]["confidence"] == "high"
    assert definitions["tiltakssone"]["municipality_count"] == 25
    assert definitions["distriktskommune_threshold"]["rule"] is None


def test_a_date_not_known_is_missing_and_not_a_word(register: dict[str, Rows]) -> None:
    dates = {
        row[column]
        for name in REGISTER
        for row in register[name]
        for column in ("valid_from", "valid_to", "source_date")
        if column in row
    }
    assert {"2020-01", "2021", "2021-12-03", None} <= dates
    assert "unknown" not in dates
    assert "" not in dates


def test_codes_are_text_and_every_column_is_described() -> None:
    for name, table in read_register().items():
        if name == "membership_basis":
            continue
        for column in table.schema:
            assert (column.metadata or {})[b"comment"], f"{name}.{column.name}"
            if column.name.endswith("_code"):
                assert str(column.type) == "string"


def test_the_packaged_memberships_pass_the_check_a_users_file_must_pass(
    municipalities: dict[str, str], counties: dict[str, str], register: dict[str, Rows]
) -> None:
    networks = [row["network_id"] for row in register["network"]]
    path = PACKAGED / "network_membership.csv"
    assert check_membership_file(path, municipalities, networks, counties=counties) == []


def test_a_register_with_faults_is_refused_with_a_sentence_for_each(tmp_path: Path) -> None:
    folder = tmp_path / "networks"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, wrong, right in [
        ("action_zone", "5601,Alta", "561,Alta"),
        ("network_membership", "digitrofi,5544,Nordreisa,2024", "digitrofi,5544,,soon"),
        ("network", "sub_regional", "local"),
        ("network_statement", ",2020,2024-12-31,", ",2025,2024-12-31,"),
    ]:
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert wrong in text
        path.write_text(text.replace(wrong, right), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_register(folder)
    message = str(caught.value)
    assert "action_zone.csv, row 9: municipality_code '561' does not fit" in message
    assert "row 184: municipality_name is empty and must be filled in." in message
    assert "row 184: code_year 'soon'" in message
    assert "network.csv, row 12: scope 'local'" in message
    assert "valid_to 2024-12-31 is before valid_from 2025" in message


def test_a_register_that_points_at_a_network_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "networks"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    zone, network = folder / "action_zone.csv", folder / "network.csv"
    rows = zone.read_text(encoding="utf-8")
    zone.write_text(rows + rows.splitlines()[-1] + "\n", encoding="utf-8")
    text = network.read_text(encoding="utf-8")
    network.write_text(text.replace(",digihordaland,", ",digibergen,"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_register(folder)
    assert str(caught.value).splitlines() == [
        "network.csv, row 2: predecessor_ids 'digibergen' is not in network.csv. Add it there or "
        "write one of its network_ids.",
        "action_zone.csv, row 27: 5636 is in row 26 already. Keep one of them; municipality_code "
        "together must be different in every row.",
    ]


# Dates at their own precision


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021-12-03", "2021-12-03", "2021-12-03"),
    ],
)
def test_a_published_month_or_year_means_all_of_its_days(text: str, first: str, last: str) -> None:
    assert first_day(text).isoformat() == first
    assert last_day(text).isoformat() == last


@pytest.mark.parametrize("text", ["2021-13", "2021-02-30", "0000", "03.12.2021", "2021-1", ""])
def test_a_day_that_does_not_exist_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|year"):
        first_day(text)


def test_every_basis_has_a_strength_and_words_for_a_report(register: dict[str, Rows]) -> None:
    strong = [row["basis"] for row in register["membership_basis"] if row["strength"] == "strong"]
    assert strong == ["named_in_source", "council_decision", "steering_group_seat"]
    assert all(row["explanation"].endswith(".") for row in register["membership_basis"])
    assert set(EVIDENCE) == set(Basis)
