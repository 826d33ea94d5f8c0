"""The check of a file of memberships that a user wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.networks import (
    check_membership_file,
)

HEADER = "network_id,municipality_code,valid_from,valid_to,basis,source_url"
GOOD = "digivestland,4601,2025-08-01,,council_decision,https://bergen.example/vedtak"
NETWORKS = ["digivestland", "digirogaland", "diginordland", "digitale_helgeland"]
FORMER = {"1507": "Ålesund", "1534": "Haram", "0821": "Bø (Telemark)"}

Check = Callable[..., list[str]]


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


def _code(text: str) -> str:
    """A good row with another municipality code."""
    return GOOD.replace("4601", text)


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
        (b"a,b\n\x81\x8d,1\n", "membership.csv, line 2: byte 0x81 is no letter in Windows-1252"),
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
