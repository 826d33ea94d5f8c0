"""Files whose figures could be given to another place or time: asked about, never read so."""

import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common.errors import InputError
from sources.infer import Hints, Question, propose
from sources.infer.ids import slug
from sources.periods import in_heading
from tests.written.places import KNOWN
from tests.written.reading import read_file as read


@pytest.mark.parametrize(
    "content",
    [
        "Tettsted;2025\nHalden;5\nOslo;6\nBodø;7\n",
        "Økonomisk region;2025\nHalden;5\nOslo;6\n",
        "Lufthavn;2025\nBodø;4\nStavanger;7\n",
        "Kode;Navn;2025\n0191;Halden;5\n0391;Oslo;6\n1891;Bodø;7\n",
        "Kommune;Kommune (ny);2025\nHaram;Ålesund;1\nBodø;Bodø;3\n",
    ],
    ids=["towns", "regions", "airports", "codes of regions", "older and newer names"],
)
def test_names_that_may_be_of_other_places_are_asked_about(content: str) -> None:
    with pytest.raises(Question) as caught:
        read(content)
    assert caught.value.option == "name"
    assert read(content, name=caught.value.choices[0])[0]


@pytest.mark.parametrize(
    "rows",
    [
        "Akershus;2\nHedmark;2\nOppland;1\nOslo;6\n",
        "Oslo;6\nAkershus;2\nHedmark;2\n",
        "Øst;1\nOslo;6\nInnlandet;3\nAgder;1\n",
    ],
)
def test_one_name_among_rows_of_other_places_is_no_file_of_municipalities(rows: str) -> None:
    with pytest.raises(InputError, match="no column holds municipality codes or names"):
        read(f"Region;2025\n{rows}")


def test_averages_and_extremes_below_the_municipalities_are_refused_by_their_word() -> None:
    figures, refused, _ = read(
        "Kommune;2025\nOslo;6\nBodø;8\nGj.snitt;7\nStd.avvik;1\nMin;6\nMaks;8\n"
    )
    assert len(figures) == 2
    assert all("a total" in reason for _, reason in refused)
    assert [row for row, _ in refused] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    "content",
    [
        "Kommune;Skoleår;x\nOslo;2010-11;1\nOslo;2011-12;2\nBodø;2010-11;3\nBodø;2011-12;4\n",
        "Kommune;Skoleår;x\nOslo;2011-12;1\nOslo;2012-13;2\nBodø;2011-12;3\nBodø;2012-13;4\n",
        "Kommune;2010-11;2011-12\nOslo;1;2\nBodø;3;4\n",
    ],
)
def test_a_school_year_that_may_be_a_month_is_refused_with_both_ways_to_write_it(
    content: str,
) -> None:
    with pytest.raises(InputError, match=r"write 201[01]M1[12] or 201[01]/1[12]"):
        read(content)


def test_a_month_beside_one_that_is_no_school_year_is_a_month() -> None:
    figures = read("Kommune;Dato;x\nOslo;2011-12;1\nOslo;2011-11;2\n")[0]
    assert [row[2] for row in figures] == ["2011M11", "2011M12"]


@pytest.mark.parametrize(
    ("content", "hints", "option"),
    [
        ("Kommune;Rapporteringsår;2023;2024\nOslo;2025;1;2\nBodø;2025;3;4\n", {}, "period"),
        ("Kommune;År;Andel;Andel 2020\nOslo;2025;1;2\nBodø;2025;3;4\n", {}, "period"),
        ("Kommune;Poeng;Poeng 2023\nOslo;1;2\nBodø;3;4\n", {"period": "2024"}, "values"),
    ],
)
def test_a_heading_of_another_year_than_its_row_is_asked_about(
    content: str, hints: dict[str, Any], option: str
) -> None:
    with pytest.raises(Question, match="is headed by 202") as caught:
        read(content, **hints)
    assert caught.value.option == option


def test_a_column_of_years_that_was_named_counts_for_all_figures() -> None:
    content = "Kommune;År;Andel 2020\nOslo;2025;1\nBodø;2025;3\n"
    assert [row[2] for row in read(content, period="År")[0]] == ["2025", "2025"]


@pytest.mark.parametrize(
    ("header", "group"),
    [
        ("Kommune;;Menn;;;Kvinner;\n;2022;2023;2024;2022;2023;2024", "Menn"),
        (";;Menn;;Kvinner\nKommune;2022;2023;2022;2023", "Menn"),
        (";2023;;2024;;\nKommune;Antall;Andel;Antall;Andel;Folketall", "2024"),
    ],
    ids=["three years", "two years", "a column more"],
)
def test_a_heading_that_may_stand_over_other_columns_is_asked_about(
    header: str, group: str
) -> None:
    count = header.splitlines()[1].count(";")
    content = f"{header}\nOslo{';1' * count}\nBodø{';2' * count}\n"
    with pytest.raises(Question, match=f"over which columns '{group}' stands") as caught:
        read(content)
    assert caught.value.option == "values"


def test_totals_before_groups_and_a_change_after_them_are_no_doubt() -> None:
    totals = "Kommune;;;Menn;;Kvinner;\n;2022;2023;2022;2023;2022;2023\nOslo;1;2;3;4;5;6\n"
    assert ("x_kvinner", "0301", "2023", 6, None) in read(totals)[0]
    change = ";2023;;2024;;\nKommune;Antall;Andel;Antall;Andel;Endring\nOslo;1;2;3;4;5\n"
    assert [row[3] for row in read(change)[0]] == [2, 4, 1, 3]


def test_headings_above_an_empty_row_of_the_place_are_kept() -> None:
    content = (
        "Dekning;;;;\nFylke;Kommune;Fiber;;Mobilt\n;;Tett;Spredt;\nOslo;Oslo;1;2;3\n"
        "Nordland;Bodø;4;5;6\n"
    )
    found = {row[0]: row[3] for row in read(content, period="2025")[0] if row[1] == "1804"}
    assert found == {"x_fiber_tett": 4, "x_fiber_spredt": 5, "x_mobilt": 6}


def test_several_header_rows_of_pandas_and_the_names_of_r_are_read() -> None:
    pandas = ",antall,antall,andel,andel\naar,2023,2024,2023,2024\nkommune,,,,\nOslo,1,2,3,4\n"
    assert [row[2:4] for row in read(pandas)[0] if row[0] == "x_andel"] == [
        ("2023", 3),
        ("2024", 4),
    ]
    assert [row[2] for row in read("kommune,X2023,X2024\nOslo,1,2\n")[0]] == ["2023", "2024"]


@pytest.mark.parametrize(
    "heading",
    ["Hytter over 2000", "Tettsteder med minst 2000", "Boliger bygd etter 2000", "Før 1990"],
)
def test_a_bound_in_a_heading_is_no_year(heading: str) -> None:
    assert in_heading(heading) is None


def test_a_column_headed_by_a_sign_alone_is_read() -> None:
    figures = read("Kommune;Antall;%\nOslo;1;20\nBodø;2;30\n", period="2025")[0]
    assert {row[0]: row[3] for row in figures if row[1] == "0301"} == {
        "x_antall": 1,
        "x_percent": 20,
    }
    assert slug("%") == "percent"


def test_an_organisation_number_is_no_figure() -> None:
    content = "Orgnummer;Kommune;Poeng\n958935420;Oslo;6\n972418013;Bodø;8\n"
    assert [row[3] for row in read(content, period="2025")[0]] == [6, 8]


def _parquet(cells: pa.Array) -> bytes:
    pq.write_table(pa.table({"kommune": ["Oslo", "Bodø"], "2025": cells}), kept := io.BytesIO())
    return kept.getvalue()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (pa.array([Decimal("12.345"), Decimal("12.000")]), [12.345, 12]),
        (pa.array([0.1, 0.7], type=pa.float32()), [0.1, 0.7]),
        (pa.array([0.1, float("nan")]), [0.1, None]),
    ],
    ids=["decimals", "four bytes", "not a number"],
)
def test_numbers_of_parquet_are_read_as_they_were_written(
    cells: pa.Array, values: list[float | None]
) -> None:
    assert [row[3] for row in read(_parquet(cells))[0]] == values


def test_infinity_is_no_figure() -> None:
    with pytest.raises(InputError, match="'inf' is no number"):
        read(_parquet(pa.array([0.1, float("inf")])))


def test_names_are_each_of_their_own_year_when_it_is_said() -> None:
    content = "Kommune;2022;2024\nÅlesund;1;2\n"
    assert [row[1] for row in read(content, division="own")[0]] == ["1507", "1508"]
    assert [row[1] for row in read(content, division=2024)[0]] == ["1508", "1508"]


@pytest.mark.parametrize(
    ("content", "choices"),
    [
        ("Kommune;2022;2024\nÅlesund;9;5\n", ("own", "2024")),
        ("Kommune;2018;2022\nÅlesund;9;5\nOslo;1;2\n", ("own", "2022")),
        ("Kommune;År;x\nStavanger;2019;9\nStavanger;2020;5\n", ("own", "2020")),
        ("Kommune;2018;2024\nHaram;9;5\nOslo;1;2\n", ("own", "2024")),
        ("Kommune;2018;2019;2025\nStavanger;..;9;5\nOslo;1;1;2\n", ("own", "2025")),
    ],
    ids=["a part left", "merged", "periods down", "gone and back", "one year of several"],
)
def test_a_name_that_was_on_other_ground_in_an_earlier_year_is_asked_about(
    content: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(Question, match=r"was on other ground in 20\d\d than in") as caught:
        read(content)
    assert (caught.value.option, caught.value.choices) == ("division", choices)


@pytest.mark.parametrize(
    "content",
    [
        "Kommune;2022;2024\nBergen;9;5\nHalden;3;4\n",
        "Kommune;2018;2019\nStavanger;9;5\n",
        "Kommune;2018;2025\nStavanger;0;5\nOslo;1;1\n",
    ],
    ids=["a new code alone", "before the merger", "no figure then"],
)
def test_a_name_on_the_same_ground_in_all_years_of_its_figures_is_read(content: str) -> None:
    assert read(content)[0]


def test_codes_decide_the_division_and_one_that_had_other_ground_is_told() -> None:
    found = propose(b"Kommunenr;2018;2025\n1103;9;5\n", "made_up.csv", Hints(id="x"), KNOWN)
    assert found.table.division == 2025
    assert "1103 was on other ground in 2018 than in 2025: say --division own" in found.division_why


def test_restated_figures_that_may_be_of_two_later_divisions_are_asked_about() -> None:
    content = "Kommune;2018;2022\nÅlesund;9;5\nSunnfjord;1;2\n"
    with pytest.raises(Question, match="division of 2022 or of 2024") as caught:
        read(content)
    assert caught.value.choices == ("2022", "2024")


@pytest.mark.parametrize("nothing", ["", "0", "0,0", "..", "<5"])
@pytest.mark.parametrize(
    ("content", "place", "years", "division"),
    [
        ("Kommune;2022;2024;2025\nÅlesund;9;5;6\nHaram;{};3;4\nOslo;1;2;3\n",
         "Haram", "2022", 2025),
        ("Kommune;2022;2023;2025\nÅlesund;9;9;6\nHaram;{0};{0};4\n",
         "Haram", "2022 and 2023", 2025),
        ("Kommune;År;x\nÅlesund;2022;9\nHaram;2022;{}\nÅlesund;2024;5\nHaram;2024;4\n",
         "Haram", "2022", 2024),
        ("Kommune;År;x\nÅlesund;2022;9\nÅlesund;2024;5\nHaram;2024;4\nHaram;2025;{}\nOslo;2025;3\n",
         "Haram", "2022", 2025),
        ("Kommune;2018;2021\nÅlesund;5;9\nHaram;4;{}\n", "Haram", "2021", 2018),
        ("Kommune;2022\nÅlesund;9\nHaram;{}\n", "Haram", "2022", 2024),
        ("Kommune;2022;2024\nÅlesund;9;9\nHaram;{0};{0}\n", "Haram", "2022", 2024),
        ("Knr;2018;2021\n1103;5;9\n1534;4;{}\n0301;1;2\n", "1534", "2021", 2018),
    ],
)  # fmt: skip
def test_a_municipality_without_figures_when_it_was_not_in_force_is_asked_about(
    content: str, place: str, years: str, division: int, nothing: str
) -> None:
    with pytest.raises(Question, match=f"{place} was not in force in {years} and has no") as caught:
        read(content.format(nothing))
    assert caught.value.option == "division"
    assert caught.value.choices == ("own", str(division))
    assert f"--division {division}" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "Knr;2022;2024\n1508;9;5\n1580;;4\n0301;1;2\n",
        "Knr;2022;2024\n1508;9;5\n1580;0;4\n3101;1;2\n",
        "Kommune;2022;2024\n1508 Ålesund;9;5\n1580 Haram;;4\n",
    ],
)
def test_codes_with_figures_of_years_before_them_are_asked_about_or_to_be_written_anew(
    content: str,
) -> None:
    with pytest.raises(
        Question, match=r"1580 was not in force in 2022 and .* the codes of that"
    ) as (caught):
        read(content)
    assert caught.value.choices == ("2024",)
    found = {row[1:4] for row in read(content, division=2024)[0]}
    assert ("1508", "2022", 9) in found


def test_the_answer_settles_whose_figure_it_is() -> None:
    content = "Kommune;2022;2024\nÅlesund;9;5\nHaram;;4\n"
    own, refused, _ = read(content, division="own")
    assert [(row[1], row[2], row[3]) for row in own] == [
        ("1507", "2022", 9),
        ("1508", "2024", 5),
        ("1580", "2024", 4),
    ]
    assert not refused
    restated = read(content, division=2024)[0]
    assert {(row[1], row[3]) for row in restated if row[2] == "2022"} == {
        ("1508", 9),
        ("1580", None),
    }


@pytest.mark.parametrize(
    "content",
    [
        "Kommune;2022;2024\nÅlesund;6;5\nHaram;3;4\n",
        "Kommune;2021;2022;2024\nÅlesund;6;6;5\nHaram;..;3;4\n",
        "Knr;2022;2024\n1508;6;5\n1580;3;4\n",
        "Kommune;2024;2025\nÅlesund;6;5\nHaram;;4\n",
        "Kommune;2022;2024\nÅlesund;..;5\nHaram;;4\n",
        "Knr;2022;2024\n1508;6;5\n3101;3;4\n1580;;\n",
        "Kommune;2022;2024\nÅlesund;;5\nHerøy;;4\nOslo;1;2\n",
    ],
    ids=[
        "restated", "restated, a gap", "restated, codes", "in force", "no figures at all then",
        "shown by another", "a name of several",
    ],
)  # fmt: skip
def test_figures_that_show_their_division_are_not_asked_about(content: str) -> None:
    found, _, division = read(content)
    assert division in {"2024", "2025"}
    assert {row[1] for row in found} >= {"1508"}


@pytest.mark.parametrize("heading", ["Postnr", "Løpenr", "Kretsnr", "Svar-ID", "Bydelskode"])
def test_numbers_headed_as_something_else_are_asked_about_before_they_are_codes(
    heading: str,
) -> None:
    content = f"{heading};2025\n0301;5\n1103;6\n1804;7\n"
    with pytest.raises(Question, match="by its heading they are of something else") as caught:
        read(content)
    assert caught.value.option == "code"
    assert [row[1] for row in read(content, code=heading)[0]] == ["0301", "1103", "1804"]


@pytest.mark.parametrize("heading", ["Svar-ID", "Respondent", "Telefon", "Postnummer"])
def test_numbers_of_respondents_and_telephones_are_no_figures(heading: str) -> None:
    content = f"{heading};Kommune;Poeng\n10010;Oslo;4\n10030;Bodø;2\n"
    assert [row[3] for row in read(content, period="2025")[0]] == [4, 2]


@pytest.mark.parametrize("day", ["2025-03-0{} 10:22:11", "0{}.03.2025 10.22.11", "2025/03/0{}"])
def test_when_and_by_whom_an_answer_was_given_is_not_what_it_measures(day: str) -> None:
    rows = "".join(f"{day.format(at)};Oslo;{at}\n" for at in (1, 2))
    with pytest.raises(InputError, match="0301 stands in several rows, and no column tells"):
        read(f"Levert;Kommune;Poeng\n{rows}", period="2025")
    rows = "Oslo;1001;4\nOslo;1003;2\n"
    with pytest.raises(InputError, match="0301 stands in several rows, and no column tells"):
        read(f"Kommune;Svar-ID;Poeng\n{rows}", period="2025")


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (("-99", "5"), "-99"),
        (("-999", "-1"), "-999"),
        (("\u221299,0", "4,5"), "\u221299,0"),
        (("9999", "1,5"), "9999"),
        (("99", "7"), "99"),
        (("999", "-45"), "999"),
    ],
)
def test_a_number_that_programs_write_for_no_answer_is_asked_about(
    cells: tuple[str, str], sign: str
) -> None:
    content = "kommunenr;2025\n0301;{};\n1804;{};\n".replace(";\n", "\n").format(*cells)
    with pytest.raises(Question, match=f"'{sign}' in column '2025' may be a sign for missing"):
        read(content)
    assert ("x", "0301", "2025", None, sign) in read(content, missing=(sign,))[0]
    number = float(sign.replace("\u2212", "-").replace(",", "."))
    assert ("x", "0301", "2025", number, None) in read(content, values=("2025",))[0]


@pytest.mark.parametrize("cells", [(-99, -45), (99, 45), (9999, 1234), (999, 12345)])
def test_a_number_of_nines_among_others_as_long_is_a_figure(cells: tuple[int, int]) -> None:
    figures = read("kommunenr;2025\n0301;{}\n1804;{}\n".format(*cells))[0]
    assert tuple(row[3] for row in figures) == cells


def test_forecasts_are_on_the_division_of_today() -> None:
    figures, _, division = read("Kommune;2024;2030;2050\nOslo;1;2;3\nBodø;4;5;6\n")
    assert division == "2026"
    assert ("x", "1804", "2050", 6, None) in figures


@pytest.mark.parametrize("above", [";;\n;;\n", ";;\n", "Tittel;;\n;;\n"])
def test_empty_rows_above_the_header_are_no_headings(above: str) -> None:
    figures = read(f"{above}Kommune;2023;2024\nOslo;5;4\n")[0]
    assert [row[2:4] for row in figures] == [("2023", 5), ("2024", 4)]
