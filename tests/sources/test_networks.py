"""The registers of networks and cooperations as they are packaged, and the check of a user's."""

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

KLASS = Path(__file__).parents[2] / "recordings" / "inputs" / "klass"
HEADER = "network_id,municipality_code,valid_from,valid_to,basis,source_url"
GOOD = "digivestland,4601,2025-08-01,,council_decision,https://bergen.example/vedtak"
NETWORKS = ["digivestland", "digirogaland", "diginordland", "digitale_helgeland"]
FORMER = {"1507": "Ålesund", "1534": "Haram", "0821": "Bø (Telemark)"}

Rows = list[dict[str, Any]]
Check = Callable[..., list[str]]


@pytest.fixture(scope="module")
def register() -> dict[str, Rows]:
    return {name: table.to_pylist() for name, table in read_register().items()}


@pytest.fixture(scope="module")
def municipalities() -> dict[str, str]:
    """The 357 municipalities of Klass 131 at 2026-01-01, code to name."""
    reply = json.loads((KLASS / "klass_131_codesAt_2026-01-01.json").read_text(encoding="utf-8"))
    return {row["code"]: row["name"] for row in reply["codes"] if row["code"] != "9999"}


@pytest.fixture(scope="module")
def counties() -> dict[str, str]:
    """The name of the county by municipality code."""
    names = {
        row["code"]: row["name"]
        for row in _csv(KLASS / "county_economic_region_2024.csv")
        if row["level"] == "fylke"
    }
    return {
        row["kommune"]: names[row["fylke"]]
        for row in _csv(KLASS / "municipality_county_economic_region_2024.csv")
        if row["level"] == "kommune" and row["fylke"] in names
    }


@pytest.fixture
def check(tmp_path: Path, municipalities: dict[str, str], counties: dict[str, str]) -> Check:
    """Writes rows below a header as membership.csv, checks it, and gives the sentences."""

    def write_and_check(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> list[str]:
        path = tmp_path / "membership.csv"
        path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
        problems = check_membership_file(
            path, municipalities, NETWORKS, counties=counties, former=FORMER
        )
        return [problem.sentence for problem in problems]

    return write_and_check


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _code(text: str) -> str:
    """A good row with another municipality code."""
    return GOOD.replace("4601", text)


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
        for row in _csv(KLASS / "klass_131_changes_full.csv")
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
    assert len(rows) == 199 + 25 + 57
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
    ("cooperation", "owners", "largest"),
    [("indigo_ikt", 7, ("Hamar", 33.21)), ("ikt_agder", 15, ("Arendal", 28.5))],
)
def test_the_owners_of_an_inter_municipal_company_own_all_of_it(
    register: dict[str, Rows], cooperation: str, owners: int, largest: tuple[str, float]
) -> None:
    shares = {
        row["member_name"]: row["owner_share_pct"]
        for row in register["cooperation_membership"]
        if row["cooperation_id"] == cooperation
    }
    assert len(shares) == owners
    assert sum(shares.values()) == pytest.approx(100)
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
    assert len(register["cooperation"]) == 14
    assert len(found) == 5


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


# A user's file


def test_a_good_file_has_no_problems(check: Check) -> None:
    assert check(GOOD, _code("0301"), _code("1515")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_understood_whatever_program_saved_it(
    check: Check, encoding: str, separator: str
) -> None:
    rows = [row.replace(",", separator) for row in (GOOD, _code("Bodø"))]
    header = HEADER.replace(",", separator)
    assert check(*rows, header=header, encoding=encoding) == [
        "membership.csv, row 3: 'Bodø' is a name. Write the code instead: 1804 (Bodø)."
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(check: Check) -> None:
    note = '"first line\nsecond line"'
    assert check(f"{GOOD},{note}", "", f"{_code('Bodø')},", header=f"{HEADER},note") == [
        "membership.csv, row 4: 'Bodø' is a name. Write the code instead: 1804 (Bodø)."
    ]


def test_excels_own_separator_line_is_not_taken_for_the_header(check: Check) -> None:
    sentences = check(HEADER.replace(",", ";"), _code("301").replace(",", ";"), header="sep=;")
    assert sentences == [
        "membership.csv, row 3: '301' has lost the zero in front. Write 0301 (Oslo - Oslove), and "
        "format the column as text so that the spreadsheet keeps it."
    ]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "Herøy",
            "'Herøy' is the name of two municipalities (1515 in Møre og Romsdal, 1818 in "
            "Nordland). Write the code instead.",
        ),
        (
            "våler kommune",
            "'våler kommune' is the name of two municipalities (3114 in Østfold, 3419 in "
            "Innlandet). Write the code instead.",
        ),
        (
            "Herøy (Nordland)",
            "'Herøy (Nordland)' is a name. Write the code instead: 1818 (Herøy (Nordland)).",
        ),
        (
            "Kautokeino",
            "'Kautokeino' is a name. Write the code instead: 5612 (Guovdageaidnu - Kautokeino).",
        ),
        (
            "Bø",
            "'Bø' is a name. Write the code instead: 1867 (Bø). Earlier codes with that name: "
            "0821; if one of those is meant, write it with its year in code_year.",
        ),
        (
            "Stavangr",
            "'Stavangr' is neither the code nor the name of a municipality. Nearest: 1103 "
            "(Stavanger), 3413 (Stange) or 4623 (Samnanger). Write the four-digit code.",
        ),
        (
            "301",
            "'301' has lost the zero in front. Write 0301 (Oslo - Oslove), and format the column "
            "as text so that the spreadsheet keeps it.",
        ),
        ("4601.0", "'4601.0' is not a code. Write only its four digits: 4601 (Bergen)."),
        ("K-4601", "'K-4601' is not a code. Write only its four digits: 4601 (Bergen)."),
        (
            "46",
            "'46' is not a municipality code. Write four digits as text, such as 0301 or 1804.",
        ),
        ("", "municipality_code is empty. Write its four digits, such as 1804."),
        (
            "4600",
            "'4600' is not the code of a municipality. Nearest: 4601 (Bergen), 4602 (Kinn) or 4620"
            " (Ulvik). Write a code in use.",
        ),
        (
            "1534",
            "'1534' was the code of Haram and is no longer in use. Write today's code (Haram is "
            "1580 in Møre og Romsdal today), or fill in code_year with the year the code belongs "
            "to.",
        ),
    ],
)
def test_what_is_no_code_gets_a_sentence_that_names_the_code_to_write(
    check: Check, written: str, sentence: str
) -> None:
    assert check(_code(written)) == [f"membership.csv, row 2: {sentence}"]


def test_an_earlier_code_is_allowed_with_the_year_it_belongs_to(check: Check) -> None:
    header = f"{HEADER},code_year"
    assert check(f"{_code('1507')},2022", header=header) == []
    assert check(f"{_code('1507')},now", header=header) == [
        "membership.csv, row 2: 'now' is not a year. Write four digits, such as 2024."
    ]


def test_a_code_that_belongs_to_another_municipality_than_the_one_named_is_seen(
    check: Check,
) -> None:
    header = f"{HEADER},municipality_name"
    assert check(f"{_code('1515')},Herøy", f"{_code('1804')},Herøy", header=header) == [
        "membership.csv, row 3: 1804 is Bodø, but municipality_name says 'Herøy'. Herøy is 1515 "
        "in Møre og Romsdal or 1818 in Nordland. Correct the code or the name."
    ]


@pytest.mark.parametrize(
    "row",
    [
        "4620,Ulvik herad",
        "4601,BERGEN KOMMUNE",
        "5612,Guovdageainnu suohkan - Kautokeino kommune",
        "5612,kautokeino",
        "5622,Porsáŋgu",
        "5622,Porsanger-Porsáŋgu-Porsanki",
        "1508,Aalesund",
        "3414,Nord Odal",
    ],
)
def test_a_name_is_understood_as_it_is_written(check: Check, row: str) -> None:
    code, name = row.split(",")
    assert check(f"{_code(code)},{name}", header=f"{HEADER},municipality_name") == []


def test_a_missing_code_is_found_by_the_name_beside_it(check: Check) -> None:
    assert check(f"{_code('')},Rana", header=f"{HEADER},municipality_name") == [
        "membership.csv, row 2: municipality_code is empty. Write 1833 in Nordland."
    ]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "Digi Vestland",
            "'Digi Vestland' is not a network in the register. Did you mean digivestland?",
        ),
        (
            "diginorland",
            "'diginorland' is not a network in the register. Did you mean diginordland?",
        ),
        (
            "KS",
            "'KS' is not a network in the register. Write one of diginordland, digirogaland, "
            "digitale_helgeland, digivestland.",
        ),
        ("", "network_id is empty."),
    ],
)
def test_a_network_not_in_the_register_gets_the_nearest_names(
    check: Check, written: str, sentence: str
) -> None:
    (found,) = check(GOOD.replace("digivestland", written))
    assert found.startswith(f"membership.csv, row 2: {sentence}")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("rumour", "'rumour' is not a basis. Write one of "),
        ("", "basis is empty. Write one of "),
        ("count_only", "count_only says how many members there are, not which, so it can't "),
    ],
)
def test_a_basis_outside_the_vocabulary_gets_the_vocabulary(
    check: Check, written: str, sentence: str
) -> None:
    (found,) = check(GOOD.replace("council_decision", written))
    assert found.startswith(f"membership.csv, row 2: {sentence}")
    assert (
        "named_in_source, council_decision, steering_group_seat, source_says_all_in_county, unknown"
    ) in found


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (
            "01.08.2025",
            "",
            "valid_from '01.08.2025' is not in the form of the register. Write 2025-08-01.",
        ),
        (
            "ukjent",
            "",
            "valid_from is 'ukjent'. Leave the cell empty when the date is not known.",
        ),
        (
            "2020-01 (as project)",
            "",
            "valid_from '2020-01 (as project)' is not a date. Write 2020, 2020-01 or 2020-01-31, "
            "as precise as the source is, or leave it empty when not known; words go in the column "
            "note.",
        ),
        (
            "2025-02-30",
            "",
            "valid_from '2025-02-30' is not a date. Write 2020, 2020-01 or 2020-01-31, as precise "
            "as the source is, or leave it empty when not known; words go in the column note.",
        ),
        (
            "2025",
            "2024-12",
            "the membership ends (2024-12) before it starts (2025). Correct valid_from or "
            "valid_to.",
        ),
    ],
)
def test_a_date_that_is_none_or_ends_before_it_starts_is_named(
    check: Check, start: str, end: str, sentence: str
) -> None:
    row = GOOD.replace("2025-08-01,,", f"{start},{end},")
    assert check(row) == [f"membership.csv, row 2: {sentence}"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (
            "",
            "source_url is empty. Write the address of the page that shows the membership "
            "(https://...).",
        ),
        (
            "same",
            "source_url 'same' is not an address. Write it in full (https://...), several with "
            "' ; ' between them.",
        ),
    ],
)
def test_a_membership_without_a_source_is_refused(
    check: Check, written: str, sentence: str
) -> None:
    row = GOOD.replace("https://bergen.example/vedtak", written)
    assert check(row) == [f"membership.csv, row 2: {sentence}"]


@pytest.mark.parametrize(
    ("earlier", "later", "overlaps"),
    [
        (("2020", "2024-12-31"), ("2025-08-01", ""), False),
        (("2017", "2020"), ("2020", ""), False),
        (("2020", "2024-12-31"), ("2024-12-31", ""), True),
        (("2020", ""), ("2025-08-01", ""), True),
        (("", ""), ("2025-08-01", "2026"), True),
        (("2020", "2020"), ("2020", "2020"), True),
    ],
)
def test_a_municipality_can_come_back_but_not_be_a_member_twice_at_a_time(
    check: Check, earlier: tuple[str, str], later: tuple[str, str], overlaps: bool
) -> None:
    rows = [GOOD.replace("2025-08-01,,", f"{start},{end},") for start, end in (earlier, later)]
    sentence = (
        "membership.csv, row 3: 4601 is in digivestland in row 2 already, for a time that "
        "overlaps. Keep the row with the better basis and put the other source in its note, or "
        "correct valid_from and valid_to."
    )
    assert check(*rows) == ([sentence] if overlaps else [])


def test_every_problem_is_told_and_not_only_the_first(check: Check) -> None:
    sentences = check(GOOD, "digivest,Herøy,soon,,heard,", _code("301"))
    assert [sentence.split(":")[0] for sentence in sentences] == [
        *["membership.csv, row 3"] * 5,
        "membership.csv, row 4",
    ]


def test_a_problem_carries_the_file_the_row_and_the_column(
    tmp_path: Path, municipalities: dict[str, str]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"{HEADER}\n{_code('Herøy')}\n", encoding="utf-8")
    (problem,) = check_membership_file(path, municipalities, NETWORKS)
    assert (problem.file, problem.row, problem.column) == ("mine.csv", 2, "municipality_code")
    assert str(problem) == problem.sentence
    assert "(1515 in Møre og Romsdal, 1818 in Nordland)" in problem.sentence


def test_columns_that_are_missing_or_misspelt_are_named_once(check: Check) -> None:
    sentences = check(
        "digivestland,4601,2025,,https://x.example",
        header="network_id,municipality_code,valid_frm,valid_to,source_url",
    )
    assert [sentence.split(". ")[0] for sentence in sentences] == [
        "membership.csv, row 1: the column valid_from is missing",
        "membership.csv, row 1: the column basis is missing",
        "membership.csv, row 1: 'valid_frm' is not a column of a membership file (network_id, "
        "municipality_code, municipality_name, code_year, basis, valid_from, valid_to, "
        "source_url, source_date, note)",
    ]
    assert sentences[2].endswith("Did you mean valid_from?")


def test_a_column_twice_or_without_a_name_and_cells_beyond_the_last_are_seen(check: Check) -> None:
    assert check(f"{GOOD},,x,y,z", header=f"{HEADER},,basis") == [
        "membership.csv, row 1: the column basis is there twice. Remove one of them.",
        "membership.csv, row 1: column 7 has no name. Write its name or remove it.",
        "membership.csv, row 2: the row has more cells than the header has columns. Put quotation "
        "marks round text that holds the separator.",
        "membership.csv, row 2: 'x' is not a basis. Write one of named_in_source, "
        "council_decision, steering_group_seat, source_says_all_in_county, unknown.",
    ]


def test_a_file_without_rows_says_what_to_write(check: Check) -> None:
    assert check() == [
        "membership.csv, row 1: there are no rows below the header. Write a row for each "
        "membership."
    ]
    assert check(header="") == [
        "membership.csv: the file is empty. Write a header row with network_id, "
        "municipality_code, valid_from, valid_to, basis, source_url, and a row for each "
        "membership."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04....", "membership.csv: this is a workbook, not CSV."),
        (b"a,b\n\x81\x8d,1\n", "membership.csv: the file is not text in UTF-8, UTF-16 or"),
        (b'a,b\n1,2\n"open,3\n', "membership.csv, row 3: can't be read as CSV"),
        (None, "membership.csv: there is no such file"),
    ],
)
def test_a_file_that_is_no_csv_says_so_in_one_sentence(
    tmp_path: Path, municipalities: dict[str, str], content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "membership.csv"
    if content is not None:
        path.write_bytes(content)
    (problem,) = check_membership_file(path, municipalities, NETWORKS)
    assert problem.sentence.startswith(sentence)
    assert problem.row == 0


def test_a_device_without_end_is_refused_at_once(municipalities: dict[str, str]) -> None:
    (problem,) = check_membership_file(Path("/dev/zero"), municipalities, NETWORKS)
    assert problem.sentence == "/dev/zero: this is a device, not an ordinary file; name a file."


def test_every_basis_has_a_strength_and_words_for_a_report(register: dict[str, Rows]) -> None:
    strong = [row["basis"] for row in register["membership_basis"] if row["strength"] == "strong"]
    assert strong == ["named_in_source", "council_decision", "steering_group_seat"]
    assert all(row["explanation"].endswith(".") for row in register["membership_basis"])
    assert set(EVIDENCE) == set(Basis)
