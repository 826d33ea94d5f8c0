"""Kinds of files that people have in their hands: what each gives, or why it is refused.

Each kind stands for a fault that was met in real files; all files here are made up.
"""

import re
from typing import Any

import pytest

from common.errors import InputError
from sources.infer import Question
from tests.written.places import KNOWN
from tests.written.reading import read_file as read
from tests.written.reading import workbook

TWO = [("x", "0301", "2025", 6, None), ("x", "1804", "2025", 8, None)]


@pytest.mark.parametrize(
    "content",
    [
        ",Kommune,2025\n0,Oslo,6\n1,Bodø,8\n",
        '"","kommunenr","2025"\n"1","0301",6\n"2","1804",8\n',
        ";2025\nOslo;6\nBodø;8\n",
        "Tall for 2025\n\n;2025\n0301 Oslo;6\n1804 Bodø;8\n",
        "Unnamed: 0\tkommunenr\t2025\n0\t301.0\t6\n1\t1804.0\t8\n",
        "Kommune;2025\nOslo;6\nBodø;8\n",
    ],
    ids=["pandas", "R", "empty corner", "title and empty corner", "saved by pandas twice", "plain"],
)
def test_an_empty_heading_is_allowed_and_no_municipality_is_a_header(content: str) -> None:
    assert read(content)[0] == TWO


def test_a_file_without_a_header_keeps_its_first_municipality() -> None:
    assert read("Oslo;6\nBodø;8\n", period="2025")[0] == TWO


@pytest.mark.parametrize(
    "content",
    [
        "Kommune;Plan vedtatt;2025\nOslo;2019;6\nBodø;2023;8\n",
        "Kommune;Kode;2025\nOslo;;6\nBodø;;8\n",
        "Kommune;Antall;2025\nOslo;1103;6\nBodø;1804;8\n",
    ],
    ids=["years", "empty codes", "counts"],
)
def test_years_and_counts_beside_names_are_no_codes(content: str) -> None:
    figures = [row for row in read(content)[0] if row[0] == "x"]
    assert figures == TWO


@pytest.mark.parametrize(
    ("content", "hints", "option"),
    [
        (";Landet;Fylket\n2018;60;55\n2019;61;56\n2020;64;57\n", {"period": "2019"}, "code"),
        ("a;b\n2021;5\n2023;6\n", {"period": "2018"}, "code"),
        ("Kommunenr;Kommune;2025\n1804;Oslo;1\n0301;Bodø;2\n1103;Herøy (Nordland);3\n", {}, "code"),
        ("Kommune;Vertskommune;2025\nOslo;Bodø;1\nBodø;Oslo;2\n", {"skip_rows": None}, ""),
        ("Sted;Senter;2025\nOslo;Bodø;1\nBodø;Oslo;2\n", {}, "name"),
        ("kommunenr;x\n0301;1\n1804;2\n", {}, "period"),
        ("kommunenr;2025\n3001;1\n3806;2\n", {}, "division"),
        ("kommunenr;2025\n0301;1.000\n1804;2.500\n", {}, "decimal"),
        ('kommunenr,2025\n0301,"709,037"\n1804,"53,712"\n', {}, "decimal"),
        ("Kommune;Plan vedtatt;Poeng\nOslo;2019;3\nBodø;2023;5\n", {"period": "2025"}, "values"),
        ("Kommune;Innført\nOslo;2019\nBodø;2023\n", {"period": "2025"}, "values"),
        ("Kommune;År;Vedtatt;x\nOslo;2025;2019;3\nBodø;2025;..;5\n", {}, "values"),
        ("knr;Valgår;x\n0301;2023.0;3\n1804;2023.0;5\n", {"period": "2025"}, "values"),
        ("kommunenr;Maaned;Verdi\n0301;mars;40,4\n1804;april;41\n", {}, "period"),
        ("kommunenr;Regnskap 2023;Budsjett 2024\n0301;1;2\n1804;3;4\n", {}, "values"),
        ("id;2025\n0301;5\n0302;6\n0303;7\n1804;8\n", {}, "code"),
        ("Nr;2025\n1804;5\n0301;6\n1103;7\n1807;8\n", {}, "code"),
    ],
)
def test_weak_evidence_is_asked_about_with_the_option_that_answers(
    content: str, hints: dict[str, Any], option: str
) -> None:
    if not option:  # a heading that says so is evidence enough
        assert [row[1] for row in read(content, **hints)[0]] == ["0301", "1804"]
        return
    with pytest.raises(Question) as caught:
        read(content, **hints)
    assert caught.value.option == option
    assert caught.value.exit_code == 5
    assert "--" in str(caught.value)


def test_years_are_figures_when_it_is_said() -> None:
    content = "Kommune;Plan vedtatt;Poeng\nOslo;2019;6\nBodø;2023;8\n"
    assert read(content, period="2025", values=("Poeng",))[0] == TWO
    both = read(content, period="2025", values=("Poeng", "Plan vedtatt"))[0]
    assert [row[3] for row in both] == [2019, 2023, 6, 8]


@pytest.mark.parametrize("more", ["", ";Regnskap 2022"])
def test_headings_of_one_year_each_are_read_when_they_are_named(more: str) -> None:
    nine = more and ";9"
    content = f"kommunenr;Regnskap 2023;Budsjett 2024{more}\n0301;1;2{nine}\n1804;3;4{nine}\n"
    figures = read(content, values=("Regnskap 2023", "Budsjett 2024"))[0]
    assert [row[:4] for row in figures] == [
        ("x_budsjett", "0301", "2024", 2),
        ("x_budsjett", "1804", "2024", 4),
        ("x_regnskap", "0301", "2023", 1),
        ("x_regnskap", "1804", "2023", 3),
    ]


@pytest.mark.parametrize("heading", ["nr", "ID", "Nummer"])
def test_a_heading_of_anything_is_of_codes_where_the_cells_are_in_force(heading: str) -> None:
    assert read(f"{heading};2025\n0301;6\n1804;8\n")[0] == TWO


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u2060"])
@pytest.mark.parametrize(
    "content", ["Kommune;2025\nOs{}lo;6\nBodø{};8\n", "nr;{}2025\n0301{};6\n1804;8\n"]
)
def test_signs_that_nobody_sees_are_left_out(content: str, sign: str) -> None:
    assert read(content.format(sign, sign))[0] == TWO
    rows = [line.split(";") for line in content.format(sign, sign).splitlines()]
    assert read(workbook(*rows))[0] == TWO


@pytest.mark.parametrize("name", ["BodÃ¸", "Bod\ufffd", "Bod?y", "?lesund"])
def test_letters_that_were_lost_are_told_as_the_reason(name: str) -> None:
    with pytest.raises(InputError, match=f"in '{re.escape(name)}' letters as æ, ø and å were lost"):
        read(f"Kommune;2025\n{name};6\n")


def test_a_row_whose_code_and_name_are_two_municipalities_is_refused() -> None:
    figures, refused, _ = read(
        "Kommunenr;Kommune;2025\n0301;Oslo;6\n1804;Bodø;8\n1103;Bergen;5\n5001;Trondheim;"
        "1\n1515;Herøy;2\n"
    )
    assert [row[1] for row in figures] == ["0301", "1515", "1804", "5001"]
    [(row, reason)] = refused
    assert (row, "Bergen was 4601" in reason) == (4, True)


@pytest.mark.parametrize(
    ("said", "decimal", "value"),
    [
        ("709,037", ".", 709_037),
        ("709,037", ",", 709.037),
        ("709.037", ",", 709_037),
        ("1,234,567", None, 1_234_567),
        ("1.234,5", None, 1234.5),
        ("1,234.5", None, 1234.5),
        ("709\u2009037", None, 709_037),
        ("709\u00a0037,5", None, 709_037.5),
        ("0,123", None, 0.123),
        ("1234,567", None, 1234.567),
        ("12,5*", None, 12.5),
        ("12 1)", None, 12),
    ],
)
def test_a_number_has_one_decimal_sign_and_one_thousands_sign(
    said: str, decimal: str | None, value: float
) -> None:
    [figure] = read(f"kommunenr;2025\n0301;{said}\n", decimal=decimal)[0]
    assert figure[3] == value


@pytest.mark.parametrize("total", ["Sum", "Hele landet", "0", "03", "EAK", "9999", "2111", "I alt"])
def test_only_codes_decide_the_division_and_a_total_is_refused_by_its_word(total: str) -> None:
    content = f"Kommunenr;2018;2025\n0301;100;110\n1103;200;210\n5001;300;310\n{total};600;630\n"
    figures, refused, division = read(content)
    assert division == "2025"
    assert ("x", "1103", "2018", 200, None) in figures
    assert len(figures) == 6
    [(row, reason)] = refused
    assert row == 5
    assert any(word in reason for word in ("a total", "the country", "a county", "no municipality"))


@pytest.mark.parametrize(
    "header",
    [
        "Kommunenummer;Kommunenummer_2025;Andel 2025",
        "Kommunenr_2020;Kommunenr_2024;2025",
        "Gammel kode;Kode;2025",
    ],
)
def test_two_columns_of_codes_the_one_in_force_in_the_files_year_counts(header: str) -> None:
    figures, _, division = read(f"{header}\n3806;4001;40\n3001;3101;41\n")
    assert [row[1] for row in figures] == ["3101", "4001"]
    assert division == "2025"
    assert {row[0] for row in figures} == {"x"}


@pytest.mark.parametrize(
    "form",
    ["{code} {name}", "K-{code} {name}", "{code} - {name}", "{name} ({code})", "K-{code}",
     "{code}.0", "{code}  {name} (-2019)"],
)  # fmt: skip
def test_a_code_is_read_however_it_is_written(form: str) -> None:
    rows = "".join(
        f"{form.format(code=code, name=name)};{value}\n"
        for code, name, value in (("0301", "Oslo", 6), ("1804", "Bodø", 8))
    )
    assert read(f"region;2025\n{rows}")[0] == TWO


def test_the_layout_of_the_statistics_bank_is_read_without_an_option() -> None:
    content = workbook(
        ["99999: Plasser, etter region, statistikkvariabel og år"],
        [],
        [None, "Plasser (antall)", None],
        [None, "2024", "2025"],
        ["0 Hele landet", 100, 200],
        ["0301 Oslo", 5, 6],
        ["1804 Bodø", "..", 8],
        [],
        ["Kilde:"],
        ["Statistisk sentralbyrå"],
    )
    figures, refused, _ = read(content)
    assert [row for row in figures if row[2] == "2025"] == TWO
    assert ("x", "1804", "2024", None, "..") in figures
    assert [row for row, _ in refused] == [5, 9, 10]


def test_codes_of_several_divisions_are_each_of_their_own_year() -> None:
    content = (
        "region;2019;2021;2025\n0101 Halden (-2019);1;.;.\n3001 Halden (2020-2023);.;2;.\n"
        "3101 Halden;.;.;3\n0301 Oslo;4;5;6\n"
    )
    figures, refused, division = read(content)
    assert (division, refused) == ("own", [])
    told = {row[1:4] for row in figures if row[3] is not None}
    assert told >= {("0101", "2019", 1), ("3001", "2021", 2), ("3101", "2025", 3)}


@pytest.mark.parametrize(
    ("header", "ids"),
    [
        ("Kommune;Anmodning;Anmodning;Vedtak;Vedtak\n;2024;2025;2024;2025\n", "anmodning vedtak"),
        ("Kommune;Anmodning;;Vedtak;\n;2024;2025;2024;2025\n", "anmodning vedtak"),
        ("Kommune;2024;;2025;\n;Menn;Kvinner;Menn;Kvinner\n", "menn kvinner"),
        ("Kommune;Menn 2024;Menn 2025;Kvinner 2024;Kvinner 2025\n", "menn kvinner"),
    ],
    ids=["repeated", "merged", "years above", "in one row"],
)
def test_equal_headings_under_groups_are_told_apart_by_the_row_above(header: str, ids: str) -> None:
    figures = read(f"{header}Oslo;10;20;1;2\nBodø;30;40;3;4\n")[0]
    assert {row[0] for row in figures} == {f"x_{word}" for word in ids.split()}
    assert len(figures) == 8


def test_headings_that_would_give_one_id_are_told_apart_by_their_signs() -> None:
    content = "kommunenr;\u2265 30;\u2264 30;> 30\n0301;1;2;3\n1804;3;4;5\n"
    assert {row[0] for row in read(content, period="2025")[0]} == {"x_ge_30", "x_le_30", "x_gt_30"}
    with pytest.raises(Question, match="several columns are headed 'Andel'"):
        read("kommunenr;Andel;Andel\n0301;1;2\n", period="2025")


@pytest.mark.parametrize("heading", ["Poeng 2025", "2025", "Poeng i 2025"])
def test_a_period_in_a_heading_belongs_to_that_column_and_words_tell_rows_apart(
    heading: str,
) -> None:
    rows = "0301;ja;1\n0301;nei;3\n1804;ja;1\n1804;nei;5\n"
    figures = read(f"Kommunenummer;Svar;{heading}\n{rows}")[0]
    assert figures[0] == ("x_ja", "0301", "2025", 1, None)
    assert {row[0] for row in figures} == {"x_ja", "x_nei"}


@pytest.mark.parametrize(
    ("rows", "period"),
    [
        ("Dato;Verdi\n0301;31.12.2023;1\n1804;31.12.2023;2\n", "2023-12-31"),
        ("Periode;Verdi\n0301;mars 2024;1\n1804;mars 2024;2\n", "2024M03"),
        ("Tid;Verdi\n0301;1. kvartal 2024;1\n1804;2024K1;2\n", "2024K1"),
        ("År;Verdi\n0301;2024.0;1\n1804;2024;2\n", "2024"),
        ("Periode;Verdi\n0301;202403;1\n1804;mars 2024;2\n", "2024M03"),
        ("aar;Verdi\n0301;2024_2024;1\n1804;2024_2024;2\n", "2024"),
        ("Tid;Verdi\n0301;2024Q1;1\n1804;Q1 2024;2\n", "2024Q1"),
        ("Periode;Verdi\n0301;2024-03;1\n1804;2024M03;2\n", "2024M03"),
    ],
)
def test_dates_months_and_quarters_are_read_as_periods(rows: str, period: str) -> None:
    assert {row[2] for row in read(f"kommunenr;{rows}")[0]} == {period}


def test_a_heading_of_year_and_month_in_digits_is_a_period_and_a_thirteenth_month_is_asked() -> (
    None
):
    content = "kommunenr;{};{}\n0301;6;7\n1804;8;9\n"
    figures = read(content.format("202412", "202501"))[0]
    assert [row[2] for row in figures] == ["2024M12", "2025M01"] * 2
    with pytest.raises(Question, match="--period"):
        read(content.format("202413", "202414"))


def test_a_month_beside_its_year_is_one_period() -> None:
    content = "kommunenr;År;Måned;Ledige\n0301;2025;1;5\n0301;2025;2;6\n1804;2025;mars;7\n"
    assert [row[2] for row in read(content)[0]] == ["2025M01", "2025M02", "2025M03"]


def test_a_period_that_is_none_refuses_its_row() -> None:
    rows = "".join(f"{code};2025;1\n" for code in sorted(KNOWN.in_force(2025)))
    figures, refused, _ = read(f"kommunenr;År;Verdi\n{rows}1804;i fjor;2\n")
    assert len(figures) == len(KNOWN.in_force(2025))
    assert ["'i fjor' is not a period" in reason for _, reason in refused] == [True]


@pytest.mark.parametrize("sign", ["*", "<5", "< 5", "n/a", ".", "..", ":", "-", "\u2264 3"])
def test_a_suppressed_or_bounded_figure_is_missing_with_its_sign(sign: str) -> None:
    rows = "".join(f"{code};4\n" for code in sorted(KNOWN.in_force(2025) - {"1804"}))
    figures, refused, _ = read(f"kommunenr;2025\n{rows}1804;{sign}\n")
    assert ("x", "1804", "2025", None, sign) in figures
    assert refused == []


def test_another_sign_for_missing_is_said_by_an_option() -> None:
    rows = "".join(f"{code};4\n" for code in sorted(KNOWN.in_force(2025) - {"1804"}))
    content = f"kommunenr;2025\n{rows}1804;skjult\n"
    assert "'skjult' is not a number" in read(content)[1][0][1]
    assert ("x", "1804", "2025", None, "skjult") in read(content, missing=("skjult",))[0]


@pytest.mark.parametrize(
    "note",
    ["Kilde: SSB", "\nKilde: SSB", "1) Foreløpige tall.", "Oslo og Bodø er anslag;", "Kilde;SSB"],
)
def test_a_line_of_source_refuses_itself_and_the_rest_is_read(note: str) -> None:
    figures, refused, _ = read(f"kommunenr;2025\n0301;6\n1804;8\n\n{note}\n")
    assert figures == TWO
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("names", "period", "division"),
    [
        (("Ålesund", "Haram", "Oslo"), "2022", "2024"),
        (("Ålesund", "Haram", "Oslo"), "2019", "2019"),
        (("Ålesund", "Oslo", "Halden"), "2022", "2022"),
        (("Haram", "Bodø"), "2025", "2025"),
    ],
)
def test_names_are_read_on_the_day_on_which_all_of_them_hold(
    names: tuple[str, ...], period: str, division: str
) -> None:
    content = f"Kommune;{period}\n" + "".join(f"{name};1\n" for name in names)
    figures, refused, found = read(content)
    assert (found, refused, len(figures)) == (division, [], len(names))


def test_municipalities_beside_one_another_are_asked_to_be_turned() -> None:
    with pytest.raises(InputError, match=r"stand beside one another in a row .*turn the table"):
        read("År;Oslo;Bodø\n2024;1;2\n2025;3;4\n")


@pytest.mark.parametrize(
    "options",
    [
        {"code": "a", "period": "2025", "values": ("b",)},
        {"skip_rows": 0, "period": "2025", "code": "a"},
        {"footer_rows": 0, "period": "2025", "code": "c1"},
    ],
)
def test_a_column_that_was_named_is_used_without_a_question(options: dict[str, Any]) -> None:
    assert read("a;b\n0301;6\n1804;8\n", **options)[0] == TWO


@pytest.mark.parametrize("option", [{"code": "nr"}, {"name": "sted"}, {"code": "c1"}])
def test_a_column_that_was_named_is_held_against_the_other(option: dict[str, str]) -> None:
    figures, refused, _ = read("nr;sted;2025\n0301;Oslo;6\n1804;Bodø;8\n1103;Bergen;5\n", **option)
    assert figures == TWO
    [(row, reason)] = refused
    assert (row, "1103 and name 'Bergen' are two municipalities" in reason) == (4, True)


@pytest.mark.parametrize(
    ("option", "column", "codes"),
    [("code", "Kommunenr", ["0301", "1804"]), ("name", "Kommune", ["0301", "1103"])],
)
def test_where_most_rows_are_of_two_municipalities_the_named_column_stands_alone(
    option: str, column: str, codes: list[str]
) -> None:
    content = "Kommunenr;Kommune;2025\n1804;Oslo;1\n0301;Stavanger;2\n"
    assert [row[1] for row in read(content, **{option: column})[0]] == codes


def test_rows_at_the_end_are_left_out_when_it_is_said() -> None:
    content = "kommunenr;2025\n0301;6\n1804;8\n1103;9\n"
    assert read(content, footer_rows=1)[0] == TWO


def test_a_pattern_finds_the_name_and_leaves_other_bodies_out() -> None:
    content = "Virksomhet;2025\nOslo kommune;6\nBodø kommune;8\nStatens vegvesen;9\n"
    figures, refused, _ = read(content, name="Virksomhet", name_pattern=r"(?P<name>.+) kommune$")
    assert (figures, refused) == (TWO, [])
    for wrong in ("(?P<name>", "(.*) kommune"):
        with pytest.raises(InputError, match="--name-pattern"):
            read(content, name="Virksomhet", name_pattern=wrong)
