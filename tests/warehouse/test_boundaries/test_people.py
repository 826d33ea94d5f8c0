"""Look-up by name and code, names in files, and the sentences for bad input."""

import re
from datetime import date

import duckdb
import pytest

from common.errors import BoundaryError
from warehouse import boundaries
from warehouse.crosswalk_check import CrosswalkCheck, CrosswalkRow
from warehouse.municipalities import Municipalities

Connection = duckdb.DuckDBPyConnection
D2019, D2024 = date(2019, 1, 1), date(2024, 1, 1)


@pytest.mark.parametrize(
    "text", ["Ålesund", "ålesund", "Aalesund", "ÅLESUND", "1507", "1504", "Ålesund kommune"]
)
def test_alesund_is_found_by_any_code_or_spelling(con: Connection, text: str) -> None:
    found = boundaries.find(con, text)
    assert [v.code for v in found.versions] == ["1501", "1504", "1507", "1508"]
    assert found.last.county == "Møre og Romsdal"


def test_haram_is_one_municipality_with_a_gap(con: Connection) -> None:
    found = boundaries.find(con, "1534")
    assert [(v.code, v.valid_to) for v in found.versions] == [
        ("1534", date(2020, 1, 1)),
        ("1580", None),
    ]
    assert {c.new_code for c in found.went_into if c.changed_on.year == 2020} == {"1507"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [("Masfjorden", ["1265", "1266", "4634"]), ("Fedje", ["1265", "4633"])],
)
def test_two_that_had_the_same_code_after_one_another_are_two(
    con: Connection, text: str, codes: list[str]
) -> None:
    found = boundaries.find(con, text)
    assert [v.code for v in found.versions] == codes
    assert {v.name for v in found.versions} == {text}


def test_no_two_municipalities_of_today_are_taken_for_one(municipalities: Municipalities) -> None:
    for version in municipalities.versions:
        if version.valid_to is None:
            line = municipalities.line(version.code)
            assert [life.code for life in line if life.valid_to is None] == [version.code]
            assert line[-1].code == version.code


def test_what_a_municipality_came_from_and_went_into_is_what_the_table_says(
    con: Connection, municipalities: Municipalities
) -> None:
    """But for areas moved between two that live on, and codes it had itself at another time."""
    history = {
        (code, day): (set(before), set(after))
        for code, day, before, after in con.execute(
            "select code, valid_from, predecessors, successors from mart.municipality_history"
        ).fetchall()
    }
    lines = {tuple(municipalities.line(code)) for code, _ in history}
    assert len(lines) > 700
    for line in lines:
        rows = [history[v.code, v.valid_from] for v in municipalities.versions_of([*line])]
        own = {life.code for life in line}
        came = {c.old_code for c in municipalities.came_from([*line]) if c.kind != "transfer"}
        went = {c.new_code for c in municipalities.went_into([*line]) if c.kind != "transfer"}
        assert came - own == set().union(*(before for before, _ in rows)) - own
        assert went - own == set().union(*(after for _, after in rows)) - own


def test_tysfjord_tells_where_its_ground_is_today(con: Connection) -> None:
    found = boundaries.find(con, "tysfjord")
    assert {(t.code, t.name) for t in found.today} == {
        ("1875", "Hábmer - Hamarøy"),
        ("1806", "Narvik"),
    }
    assert sum(t.share or 0 for t in found.today) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Snåase", "5041"),
        ("snaasa", "5041"),
        ("Snåsa - Snåase", "5041"),
        ("Divtasvuodna", "1850"),
        ("Guovdageaidnu Kautokeino", "5612"),
        ("Karasjok", "5610"),
        ("Naeroeysund", "5060"),
        ("Nord Aurdal", "3451"),
        ("Kristiania", "0301"),
        ("Nesbyen", "3322"),
        ("Herøy (Nordland)", "1818"),
        ("Herøy, Møre og Romsdal", "1515"),
        ("Bø i Telemark", "0821"),
        ("Våler (Viken)", "3114"),
        ("Nes (Hedmark)", "0411"),
    ],
)
def test_every_part_of_a_name_leads_to_its_municipality(
    con: Connection, text: str, code: str
) -> None:
    assert boundaries.find(con, text).last.code == code


@pytest.mark.parametrize("text", ["Herøy", "Våler", "Bø", "Os", "Nes", "Sande"])
def test_an_ambiguous_name_lists_its_choices_with_county(con: Connection, text: str) -> None:
    with pytest.raises(BoundaryError, match=rf"^'{text}' is the name of \d municipal.* in "):
        boundaries.find(con, text)


def test_every_name_in_force_is_found_or_is_a_known_homonym(municipalities: Municipalities) -> None:
    refused = set()
    for version in municipalities.versions:
        if version.valid_to is None:
            try:
                assert municipalities.line(version.name)[-1].code == version.code
            except BoundaryError:
                refused.add(version.name)
    assert refused == {"Herøy", "Våler", "Bø", "Os", "Nes", "Sande", "Vang", "Årdal"}


def test_an_unknown_name_gets_the_nearest_ones(con: Connection) -> None:
    with pytest.raises(BoundaryError, match="'Tromso'; the nearest names are Tromsø"):
        boundaries.find(con, "Tromso")


@pytest.mark.parametrize(
    ("code", "year", "other", "other_year", "is_same"),
    [
        ("1507", 2022, "1508", 2024, False),
        ("1508", 2024, "1507", 2022, False),
        ("1507", 2020, "1507", 2023, True),
        ("1103", 2019, "1103", 2020, False),
        ("1103", 2018, "1103", 2019, True),
        ("1849", 2019, "1875", 2020, False),
        ("0602", 2019, "3301", 2024, False),
        ("3005", 2020, "3301", 2024, True),
        ("1001", 2019, "4204", 2020, False),
        ("2012", 2019, "5601", 2024, True),
        ("1601", 2017, "5001", 2019, True),
        ("1601", 2017, "5001", 2020, False),
        ("0101", 2019, "3101", 2024, True),
    ],
)
def test_a_new_code_leaves_the_ground_as_it_is_and_what_is_merged_or_parted_does_not(
    municipalities: Municipalities, code: str, year: int, other: str, other_year: int, is_same: bool
) -> None:
    days = date(year, 1, 1), date(other_year, 1, 1)
    assert municipalities.is_same_ground(code, days[0], other, days[1]) is is_same


@pytest.mark.parametrize(
    "text", ["Vestland", "Nordland fylke", "Møre og Romsdal", "Viken", "Troms fylkeskommune"]
)
def test_a_county_is_refused_as_one(
    con: Connection, municipalities: Municipalities, text: str
) -> None:
    sentence = f"'{text}' is a county, not a municipality."
    assert municipalities.resolve([(text, None)], D2024)[0] == (None, sentence)
    with pytest.raises(BoundaryError, match=f"^{sentence}"):
        boundaries.find(con, text)


def test_a_name_in_the_wrong_county_is_told_the_counties_it_is_in(con: Connection) -> None:
    with pytest.raises(BoundaryError, match=r"^No Herøy has been in Vestland; there is 1515 in"):
        boundaries.find(con, "Herøy (Vestland)")


def test_of_a_name_in_two_languages_the_part_that_is_known_is_the_nearest(con: Connection) -> None:
    with pytest.raises(BoundaryError, match="the nearest names are Nordkapp,"):
        boundaries.find(con, "Nordkapp / Davvenjárga")


@pytest.mark.parametrize("text", ["", " "])
def test_no_municipality_at_all_is_one_sentence(con: Connection, text: str) -> None:
    with pytest.raises(BoundaryError, match=r"^A municipality is missing; write its code"):
        boundaries.find(con, text)
    with pytest.raises(BoundaryError, match=r"^A municipality is missing; write its code"):
        boundaries.code_on(con, text, D2024)


def test_an_unknown_code_gets_the_nearest_ones(con: Connection) -> None:
    with pytest.raises(BoundaryError, match="code '1509'; the nearest codes are 1508 Ålesund"):
        boundaries.find(con, "1509")


def test_a_year_before_the_graph_names_the_first(con: Connection) -> None:
    with pytest.raises(BoundaryError, match=r"known for 1950: the first year is 1964"):
        boundaries.division_of(con, 1950)
    assert boundaries.division_of(con, 2022) == date(2020, 1, 1)


def test_capitals_and_counties_in_a_file_are_resolved_on_its_date(
    municipalities: Municipalities,
) -> None:
    rows = [
        ("ÅLESUND", "MØRE OG ROMSDAL"),
        ("HERØY", "NORDLAND"),
        ("HERØY", "MØRE OG ROMSDAL"),
        ("GUOVDAGEAIDNU - KAUTOKEINO", None),
        ("NORDRE LAND", "INNLANDET"),
    ]
    codes = [row.code for row in municipalities.resolve(rows, on=date(2022, 1, 1))]
    assert codes == ["1507", "1818", "1515", "5430", "3448"]


def test_every_row_of_a_file_is_resolved_or_refused_by_name(municipalities: Municipalities) -> None:
    rows = [("Herøy", None), ("Haram", None), ("Sande", "Vestfold og Telemark"), ("Oslo", None)]
    resolved = municipalities.resolve(rows, on=date(2022, 1, 1))
    assert [row.code for row in resolved] == [None, None, None, "0301"]
    refusals = [row.refusal or "" for row in resolved]
    assert "1515 in Møre og Romsdal and 1818 in Nordland" in refusals[0]
    assert "No municipality is called 'Haram' on 2022-01-01" in refusals[1]
    assert "there is 1514 in Møre og Romsdal" in refusals[2]


def test_a_sound_crosswalk_has_no_faults(con: Connection, municipalities: Municipalities) -> None:
    rows = [
        CrosswalkRow("1850", D2019, "1806", D2024, 0.5),
        CrosswalkRow("1850", D2019, "1875", D2024, 0.5),
    ]
    assert [CrosswalkCheck(con, municipalities).row_faults(row) for row in rows] == [[], []]
    assert list(CrosswalkCheck(con, municipalities).file_faults(rows)) == []


@pytest.mark.parametrize(
    ("code", "on", "sentence"),
    [
        (
            "0301",
            date(1950, 1, 1),
            "1950-01-01 is before the first municipal division; the earliest is 1964-01-01.",
        ),
        (
            "1507",
            D2019,
            "1507 Ålesund is in force from 2020-01-01 to 2023-12-31, not on 2019-01-01; its ground"
            " lies then in 1504 Ålesund, 1534 Haram, 1529 Skodje, 1523 Ørskog and 1546 Sandøy.",
        ),
        (
            "1509",
            D2019,
            "No municipality has the code '1509' on 2019-01-01; the nearest codes are"
            " 1511 Vanylven, 1505 Kristiansund and 1504 Ålesund.",
        ),
        (
            "15 04",
            D2019,
            "No municipality has the code '15 04' on 2019-01-01; the nearest code is 1504 Ålesund.",
        ),
        (
            "301",
            D2019,
            "No municipality has the code '301' on 2019-01-01; the nearest code is 0301 Oslo.",
        ),
        ("Ålesund", D2019, "'Ålesund' is a name; write its code, 1504."),
        (
            "Herøy",
            D2019,
            "'Herøy' is the name of 2 municipalities: 1515 in Møre og Romsdal and 1818 in Nordland."
            " Write the code, or the name with its county in brackets.",
        ),
        (
            "",
            D2019,
            "A municipality is missing; write its code or its name, such as 0301 or Oslo.",
        ),
    ],
)
def test_a_wrong_code_in_a_crosswalk_is_one_sentence(
    con: Connection, municipalities: Municipalities, code: str, on: date, sentence: str
) -> None:
    assert CrosswalkCheck(con, municipalities).row_faults(
        CrosswalkRow(code, on, "1508", D2024, 1)
    ) == [sentence]


def test_weights_that_do_not_add_to_1_are_one_sentence(
    con: Connection, municipalities: Municipalities
) -> None:
    rows = [
        CrosswalkRow("1850", D2019, "1806", D2024, 0.5),
        CrosswalkRow("1850", D2019, "1875", D2024, 0.4),
    ]
    assert list(CrosswalkCheck(con, municipalities).file_faults(rows)) == [
        "The weights of 1850 from 2019-01-01 to 2024-01-01 add to 0.9, not to 1."
    ]


@pytest.mark.parametrize(
    ("text", "on", "code"),
    [
        ("Haram", date(2019, 1, 1), "1534"),
        ("haram", date(2024, 1, 1), "1580"),
        ("Aalesund", date(2022, 1, 1), "1507"),
        ("Os", date(2024, 1, 1), "3430"),
        ("Herøy (Nordland)", date(2019, 1, 1), "1818"),
        ("Indre Fosen", date(2019, 1, 1), "5054"),
        ("0710", date(2019, 1, 1), "0710"),
    ],
)
def test_a_name_or_code_leads_to_the_code_of_the_day(
    con: Connection, text: str, on: date, code: str
) -> None:
    assert boundaries.code_on(con, text, on) == code


@pytest.mark.parametrize(
    ("text", "on", "sentence"),
    [
        (
            "1534",
            date(2024, 1, 1),
            "1534 Haram is in force until 2019-12-31, not on 2024-01-01; its ground lies"
            " then in 1580 Haram.",
        ),
        (
            "1580",
            date(2022, 1, 1),
            "from 2024-01-01 on, not on 2022-01-01; its ground lies then in 1507 Ålesund.",
        ),
        ("tysfjord", date(2024, 1, 1), "lies then in 1875 Hábmer - Hamarøy and 1806 Narvik."),
        ("Haram", date(2022, 1, 1), "its ground lies then in 1507 Ålesund."),
        ("Herøy", date(2024, 1, 1), "1515 in Møre og Romsdal and 1818 in Nordland"),
        ("9998", date(2024, 1, 1), "the nearest codes are 5636 Unjárga - Nesseby"),
        ("0301", date(1900, 1, 1), "before the first municipal division; the earliest is 1964"),
        ("Trøndheim", date(2024, 1, 1), "the nearest names are Trondheim"),
    ],
)
def test_what_means_no_municipality_of_the_day_is_told_what_would(
    con: Connection, text: str, on: date, sentence: str
) -> None:
    with pytest.raises(BoundaryError, match=re.escape(sentence)):
        boundaries.code_on(con, text, on)


def test_sami_and_kven_names_are_kept_and_searchable_in_sql(con: Connection) -> None:
    parts = con.execute(
        "select name_part from core.municipality_name_part where code = '5636'"
        " and valid_from = date '2024-01-01' order by 1"
    ).fetchall()
    assert parts == [("Nesseby",), ("Unjárga",)]


def test_a_name_first_seen_today_holds_from_the_day_it_was_seen(
    municipalities: Municipalities,
) -> None:
    oslo = [v for v in municipalities.versions if v.code == "0301"][-2:]
    assert [(v.name, v.valid_to) for v in oslo] == [
        ("Oslo", date(2026, 1, 1)),
        ("Oslo - Oslove", None),
    ]


def test_a_code_of_thousands_of_digits_is_refused_in_one_short_sentence(
    municipalities: Municipalities,
) -> None:
    told = municipalities.unknown("9" * 5_000)
    assert told.startswith("No municipality has the code '999")
    assert len(told) < 300
