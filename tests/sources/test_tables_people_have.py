"""Tables as people have them that could be read as others: read right, asked about, or refused."""

import io
from datetime import datetime

import openpyxl
import pytest

from common.errors import InputError
from sources.infer import Question
from sources.periods import in_heading, period_of
from tests.written.reading import read_file as read
from tests.written.reading import workbook

SECOND_HEADER = [
    ["Kommune;2023", "Oslo;1", "Bodø;2", "", "Kvinner", "Kommune;2024", "Halden;3", "Haram;4"],
    ["Kommune;2023", "Oslo;1", "Bodø;2", "Kommune;2023", "Halden;3", "Haram;4"],
    ["Kommune;2023", "Oslo;1", "Bodø;2", ";2024", "Halden;3", "Haram;4"],
    ["Kommune;Menn;Kvinner", "Oslo;1;2", "Kommune;Eldre;Yngre", "Halden;3;4"],
]


@pytest.mark.parametrize("lines", SECOND_HEADER)
def test_a_second_table_below_the_first_is_told_and_never_mixed_in(lines: list[str]) -> None:
    with pytest.raises(InputError, match=r"begins another table; .*--footer [234]"):
        read("\n".join(lines) + "\n", period=None if "2023" in lines[0] else "2025")


def test_the_first_of_two_tables_is_read_when_the_rest_is_left_out() -> None:
    content = "\n".join(SECOND_HEADER[1]) + "\n"
    assert [row[1:4] for row in read(content, footer_rows=3)[0]] == [
        ("0301", "2023", 1),
        ("1804", "2023", 2),
    ]


@pytest.mark.parametrize(
    ("header", "option"),
    [
        ("Kommune;Poeng;Sted;Score", {"name": "Kommune", "period": "2024"}),
        ("Topp;Poeng;Bunn;Score", {"name": "Topp", "period": "2024"}),
        ("Kommune;2024;Sted;2023", {"name": "Kommune"}),
    ],
)
def test_figures_of_a_second_table_beside_the_first_are_asked_about(
    header: str, option: dict[str, str]
) -> None:
    content = f"{header}\nOslo;1;Bergen;2\nBodø;3;Halden;4\n"
    with pytest.raises(Question, match="with figures on both sides") as caught:
        read(content, **option)
    assert caught.value.option == "values"
    figures = read(content, values=caught.value.choices, **option)[0]
    assert [row[1:4:2] for row in figures] == [("0301", 1), ("1804", 3)]


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ("Kommune;2025\nÅlseund;5\nOslo;6\nBodø;9\n", [2]),
        ("Kommune;Poeng\nÅlseund;5\nOslo;6\nBodø;9\n", [2]),
        ("Ålseund;5\nOslo;6\nBodø;9\n", [1]),
        ("Tall\nKommune;2025\nÅlseund;5\nØslo;5\nOslo;6\nBodø;9\n", [3, 4]),
        ("Kommune;2025\nRogaland;\nOslo;6\nNordland;\nBodø;9\n", [2, 4]),
    ],
    ids=["misspelled", "without a year", "without a header", "two", "sections"],
)
def test_a_place_that_is_not_known_above_the_first_that_is_becomes_no_header(
    content: str, refused: list[int]
) -> None:
    period = None if "2025" in content else "2025"
    figures, rows, _ = read(content, period=period)
    assert [row[1:4] for row in figures] == [("0301", "2025", 6), ("1804", "2025", 9)]
    assert [row for row, _ in rows] == refused


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("45 %", "0,5"), "write all with % or none"),
        (("45%", "50"), "write all with % or none"),
        (("(2,5)", "3"), r"'\(2,5\)' is no number"),
        (("kr 1 234", "3"), "'kr 1 234' is no number"),
        (("Ja", "Nei"), "'Ja' is no number"),
        (("inf", "3"), "'inf' is no number"),
    ],
)
def test_a_column_of_a_year_that_is_not_all_numbers_is_told_with_its_cell(
    cells: tuple[str, str], fault: str
) -> None:
    with pytest.raises(InputError, match=fault):
        read(f"kommunenr;2025\n0301;{cells[0]}\n1804;{cells[1]}\n")


@pytest.mark.parametrize(
    ("said", "value"),
    [("\u22121,5", -1.5), ("\u20131,5", -1.5), ("-1,5", -1.5), ("45,5 %", 45.5), ("0 %", 0),
     ("\u00a01\u202f234,5\u00a0", 1234.5), ("+3,5", 3.5)],
)  # fmt: skip
def test_a_number_is_read_with_the_minus_and_the_blanks_of_a_word_processor(
    said: str, value: float
) -> None:
    assert read(f"kommunenr;2025\n0301;{said}\n")[0] == [("x", "0301", "2025", value, None)]


@pytest.mark.parametrize("form", ["{}-{:02}", "{}/{:02}", "Skoleår"])
def test_a_school_year_is_of_the_year_in_which_it_begins(form: str) -> None:
    if form == "Skoleår":
        content = "Kommune;Skoleår;Elever\nOslo;2024/2025;6\nBodø;2024-25;8\n"
    else:
        content = f"Kommune;{form.format(2023, 24)};{form.format(2024, 25)}\nOslo;5;6\nBodø;7;8\n"
    figures = [row[1:4] for row in read(content)[0] if row[2] != "2023"]
    assert figures == [("0301", "2024", 6), ("1804", "2024", 8)]


@pytest.mark.parametrize(
    ("said", "period"),
    [("2023-24", "2023"), ("1999-00", "1999"), ("2023/2024", "2023"), ("2023-12", "2023M12"),
     ("2023-25", None), ("2020-2022", None), ("2020_2022", None), ("2023-13", None)],
)  # fmt: skip
def test_a_span_of_years_is_no_period_unless_it_is_a_school_year(
    said: str, period: str | None
) -> None:
    assert period_of(said) == period


def test_spans_in_a_column_of_years_are_asked_about_by_name() -> None:
    with pytest.raises(Question, match="'2020-2022' in column 'År' is not a period"):
        read("Geo;Kjønn;År;Rate\nOslo;begge;2020-2022;4,3\nBodø;begge;2020-2022;5,3\n")


@pytest.mark.parametrize(
    "heading",
    ["Endring fra 2023", "Vekst 2023-24", "Økning siden 2015", "Change since 2020", "Fra 2023"],
)
def test_a_heading_of_a_change_is_no_figure_of_its_year(heading: str) -> None:
    assert in_heading(heading) is None
    assert {row[0] for row in read(f"Kommune;2024;{heading}\nOslo;5;1\nBodø;7;2\n")[0]} == {"x"}


@pytest.mark.parametrize(
    ("heading", "found"),
    [("2023-24.Elevtall", ("2023", "Elevtall")), ("2024.Antall elever", ("2024", "Antall elever")),
     ("Poeng 2024", ("2024", "Poeng")), ("31.12.2024", ("2024-12-31", ""))],
)  # fmt: skip
def test_a_period_before_a_point_is_that_of_the_column(
    heading: str, found: tuple[str, str]
) -> None:
    assert in_heading(heading) == found


def test_months_as_headings_are_of_the_year_that_is_said() -> None:
    figures = read("Kommune;Januar;Februar\nOslo;1;2\nBodø;3;4\n", period="2024")[0]
    assert [row[2] for row in figures] == ["2024M01", "2024M02", "2024M01", "2024M02"]
    assert {row[0] for row in figures} == {"x"}


def test_dates_as_headings_of_a_workbook_are_days() -> None:
    made = workbook(["Kommune", datetime(2024, 1, 1), datetime(2024, 2, 1)], ["Oslo", 1, 2])  # noqa: DTZ001
    assert [row[2] for row in read(made)[0]] == ["2024-01-01", "2024-02-01"]


def test_codes_of_functions_and_ages_tell_rows_apart_and_are_no_figures() -> None:
    content = "AARGANG;REGION;ART;FUNKSJON;BELOP\n2025;0301;010;100;6\n2025;0301;020;100;7\n"
    assert read(content)[0] == [
        ("x_010", "0301", "2025", 6, None),
        ("x_020", "0301", "2025", 7, None),
    ]
    rows = "0301 Oslo;0;2025;6\n0301 Oslo;1;2025;7\n1804 Bodø;0;2025;8\n1804 Bodø;1;2025;9\n"
    ages = read(f"region;alder;år;personer\n{rows}")[0]
    assert [row[0] for row in ages] == ["x_0", "x_0", "x_1", "x_1"]


def test_a_number_that_may_tell_rows_apart_is_asked_about() -> None:
    content = "kommunenr;gruppe;antall\n0301;1;6\n0301;2;7\n1804;1;8\n1804;2;9\n"
    with pytest.raises(Question, match="does a column of numbers tell them apart") as caught:
        read(content, period="2025")
    assert caught.value.choices == ("antall", "gruppe")
    figures = read(content, period="2025", values=("antall",))[0]
    assert [row[0] for row in figures] == ["x_1", "x_1", "x_2", "x_2"]


@pytest.mark.parametrize("mark", ["*", " 1)", "\u00b9", " *", "**"])
def test_the_mark_of_a_footnote_is_no_part_of_a_name(mark: str) -> None:
    figures = read(f"Kommune;2025\nOslo{mark};6\nBodø;8\n")[0]
    assert [row[1] for row in figures] == ["0301", "1804"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Fylkenr;Fylke;2024\n03;Oslo;1\n11;Rogaland;2\n18;Nordland;2\n", "about counties"),
        ("Fylke;2024\n11 Rogaland;1\n18 Nordland;2\n", "about counties"),
        ("Kode;2024\n03010101;1\n18040203;2\n", "no column holds municipality codes or names"),
        ("Bydel;2024\n030101;1\n030102;2\n", "no column holds municipality codes or names"),
        ("Fylke;2024\nRogaland;1\nNordland;2\n", "no column holds municipality codes or names"),
    ],
)
def test_a_file_about_other_bodies_is_told_as_that(content: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(content)


def test_which_sheet_is_meant_is_asked_where_the_first_has_no_municipalities() -> None:
    made = openpyxl.Workbook()
    made.active.title = "Les meg"
    made.active.append(["Tall fra kommunene", "2025"])
    data = made.create_sheet("Data")
    for row in (["Kommune", "2025"], ["Oslo", 6], ["Bodø", 8]):
        data.append(row)
    made.save(packed := io.BytesIO())
    with pytest.raises(Question, match="This is sheet 'Les meg'; for another say --sheet: 'Data'"):
        read(packed.getvalue())
    assert [row[3] for row in read(packed.getvalue(), sheet="Data")[0]] == [6, 8]


def test_a_sheet_of_another_year_than_was_said_is_asked_about() -> None:
    made = openpyxl.Workbook()
    made.active.title = "2024"
    for sheet in (made.active, made.create_sheet("2025")):
        for row in (["kommunenr", "x"], ["0301", int(sheet.title)], ["1804", 1]):
            sheet.append(row)
    made.save(packed := io.BytesIO())
    with pytest.raises(Question, match="sheet '2024', and --period says 2025") as caught:
        read(packed.getvalue(), period="2025")
    assert (caught.value.option, caught.value.choices) == ("sheet", ("2025",))
    figures = read(packed.getvalue(), period="2025", sheet="2025")[0]
    assert ("x", "0301", "2025", 2025, None) in figures


def test_a_row_that_is_skipped_holds_no_column_of_municipalities() -> None:
    figures = read("Tabell;;;1804\nkommunenr;2025\n0301;6\n1804;8\n", skip_rows=1)[0]
    assert [row[1:4] for row in figures] == [("0301", "2025", 6), ("1804", "2025", 8)]


@pytest.mark.parametrize("cell", ["'0301", "03 01", "00301"])
def test_a_cell_under_the_heading_of_codes_that_is_none_is_the_reason(cell: str) -> None:
    with pytest.raises(InputError, match=f"'{cell}' in column 'kommunenr' is no municipality's"):
        read(f"kommunenr;x\n{cell};6\n", period="2025")
