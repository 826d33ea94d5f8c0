"""A membership file beside the register: what repeats it, and what says something else."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sources.networks import (
    RegisteredMembership,
    RegisteredNetwork,
    check_membership_file,
    membership_remarks,
    read_register,
)

HEADER = "network_id,municipality_code,valid_from,valid_to,basis,source_url,code_year,source_date"
NETWORKS = [
    RegisteredNetwork("digihordaland", "regional", "2017", "2020"),
    RegisteredNetwork("digirogaland", "regional", "2018", ""),
    RegisteredNetwork("digivestland", "regional", "2020", ""),
    RegisteredNetwork("digitale_helgeland", "sub_regional", "2020-01", ""),
]
URL = "https://made-up.example/members"
REGISTER = [
    RegisteredMembership("digivestland", "4601", "4601", "2021", "", "named_in_source", URL),
    RegisteredMembership("digirogaland", "1160", "1160", "", "2022", "named_in_source", URL),
    RegisteredMembership("digivestland", "4647", "1432", "2020", "", "council_decision", URL),
]
PERIODS = {"4601": [(date(2020, 1, 1), None)], "1201": [(date(1964, 1, 1), date(2020, 1, 1))]}


def written(folder: Path, *rows: str) -> Path:
    path = folder / "membership.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def remarks(folder: Path, *rows: str) -> list[str]:
    found = membership_remarks(written(folder, *rows), NETWORKS, REGISTER)
    return [problem.sentence.removeprefix("membership.csv, ") for problem in found]


def faults(folder: Path, *rows: str) -> list[str]:
    found = check_membership_file(
        written(folder, *rows),
        {"4601": "Bergen", "1160": "Vindafjord"},
        ["digivestland"],
        former={"1201": "Bergen"},
        periods=PERIODS,
    )
    return [problem.sentence.removeprefix("membership.csv, row 2: ") for problem in found]


# --- what repeats the register -------------------------------------------------------------


def test_a_row_of_the_register_is_told_as_one(tmp_path: Path) -> None:
    assert remarks(tmp_path, f"digivestland,4601,2021,,named_in_source,{URL},,") == [
        "row 2: 4601 is in digivestland in the register already, with the same dates, basis and"
        " source. Leave the row out."
    ]


def test_the_same_membership_by_another_source_is_told_and_may_stay(tmp_path: Path) -> None:
    assert remarks(
        tmp_path, "digivestland,4601,2021,,council_decision,https://other.example,,"
    ) == [
        f"row 2: 4601 is in digivestland in the register already, on another basis or source"
        f" (named_in_source, {URL}). Both can be kept."
    ]


def test_a_row_with_the_code_of_an_earlier_year_is_known_again(tmp_path: Path) -> None:
    (told,) = remarks(tmp_path, f"digivestland,1432,2020,,council_decision,{URL},2019,")
    assert told.startswith("row 2: 4647 is in digivestland in the register already, with the same")


def test_every_row_of_the_shipped_register_repeats_it(tmp_path: Path) -> None:
    register = read_register()
    networks = [
        RegisteredNetwork(
            row["network_id"], row["scope"], row["valid_from"] or "", row["valid_to"] or ""
        )
        for row in register["network"].to_pylist()
    ]
    rows = [
        {name: cell or "" for name, cell in row.items()}
        for row in register["network_membership"].to_pylist()
    ]
    memberships = [
        RegisteredMembership(
            row["network_id"],
            row["municipality_code"],
            row["municipality_code"],
            row["valid_from"],
            row["valid_to"],
            row["basis"],
            row["source_url"],
        )
        for row in rows
    ]
    path = written(
        tmp_path,
        *(
            ",".join([m.network_id, m.municipality_code, *m.span, m.basis, f'"{m.source_url}"'])
            for m in memberships
        ),
    )
    told = membership_remarks(path, networks, memberships)
    repeated = [one for one in told if "with the same dates, basis and source" in one.sentence]
    assert len({one.row for one in repeated}) == len(memberships) > 100


# --- what contradicts it -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "words"),
    [("2022,", "from 2022"), ("2021,2023", "from 2021 to 2023"), (",", "dates not known")],
)
def test_other_dates_than_those_of_the_register_are_told_with_both(
    tmp_path: Path, dates: str, words: str
) -> None:
    assert remarks(tmp_path, f"digivestland,4601,{dates},named_in_source,{URL},,") == [
        f"row 2: 4601 is in digivestland in the register already, from 2021 (named_in_source,"
        f" {URL}); the row says {words}. Say in note why, or leave the row out."
    ]


def test_a_municipality_that_came_back_later_contradicts_nothing(tmp_path: Path) -> None:
    assert remarks(tmp_path, f"digirogaland,1160,2024,,named_in_source,{URL},,") == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("digirogaland,4601,2023,", 1),
        ("digirogaland,4601,,2020", 0),  # it had left before it came to the other
        ("digitale_helgeland,4601,2023,", 0),  # lies inside a regional one
    ],
)
def test_a_second_regional_network_at_the_same_time_is_told(
    tmp_path: Path, row: str, told: int
) -> None:
    found = remarks(tmp_path, f"{row},named_in_source,{URL},,")
    assert found == told * [
        f"row 2: 4601 is in digivestland too, by the register (from 2021, named_in_source, {URL})."
        " Check which of the two it is in, and when."
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("digirogaland,1103,2017-12,", ["digirogaland began 2018 by the register, not 2017-12."]),
        ("digirogaland,1103,2018,", []),
        ("digihordaland,1103,2018,2021", ["digihordaland ended 2020 by the register, not 2021."]),
        ("digihordaland,1103,2018,2020-12-31", []),
    ],
)
def test_a_membership_outside_the_life_of_its_network_is_told(
    tmp_path: Path, row: str, told: list[str]
) -> None:
    found = remarks(tmp_path, f"{row},named_in_source,{URL},,")
    assert found == [f"row 2: {sentence}" for sentence in told]


# --- codes and dates of the row itself -----------------------------------------------------


@pytest.mark.parametrize(
    ("code", "year", "told"),
    [
        ("4601", "2020", []),
        ("1201", "2019", []),
        (
            "4601",
            "2019",
            ["4601 is no code of 2019; it is one of 2020-. Correct the code or code_year."],
        ),
        (
            "1201",
            "2021",
            ["1201 is no code of 2021; it is one of 1964-2019. Correct the code or code_year."],
        ),
        ("1160", "1970", []),  # nothing is known of its years
    ],
)
def test_a_code_is_one_of_the_year_that_its_row_names(
    tmp_path: Path, code: str, year: str, told: list[str]
) -> None:
    assert faults(tmp_path, f"digivestland,{code},,,named_in_source,{URL},{year},") == told


def test_a_source_from_the_future_is_a_fault(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)
    row = f"digivestland,4601,,,named_in_source,{URL},,"
    assert faults(tmp_path, f"{row}{today}") == []
    assert faults(tmp_path, f"{row}{tomorrow}") == [
        f"source_date {tomorrow} is after today. Correct it."
    ]


def test_what_a_file_says_is_quoted_without_its_control_signs_and_cut(tmp_path: Path) -> None:
    url = "x" * 10_000
    (code, source) = faults(tmp_path, f"digivestland,Ber\u202egen,,,named_in_source,{url},,")
    assert code.startswith(r"'Ber\u202egen' is neither the code nor the name of a municipality.")
    assert source.startswith("source_url 'xxx")
    assert len(source) < 300
