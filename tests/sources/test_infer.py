"""What is made out of a researcher's file before anything is declared. All files are made up."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from sources import files
from sources.catalogue import Catalogue
from sources.http import Reply, Request
from sources.infer import Hints, Known, Proposal, Question, propose, slug

PLACES = {"0301": "Oslo", "1508": "Ålesund", "1515": "Herøy", "1580": "Haram", "1818": "Herøy"}
COUNTIES = {"0301": "Oslo", "1818": "Nordland"}
BEFORE_2024 = {"0301", "1507", "1515", "1818"}


def resolve(names: Sequence[tuple[str, str | None]], _on: date) -> list[str | Exception]:
    """A register of five municipalities, two of one name."""
    found: list[str | Exception] = []
    for name, county in names:
        codes = [
            code
            for code, place in PLACES.items()
            if place.lower() == name.lower()
            and county in {None, COUNTIES.get(code, "Møre og Romsdal")}
        ]
        found.append(codes[0] if len(codes) == 1 else InputError(f"'{name}' is {len(codes)}"))
    return found


def in_force(year: int) -> frozenset[str]:
    return frozenset(PLACES if year >= 2024 else BEFORE_2024)


def codes_named(name: str) -> frozenset[str]:
    return frozenset(code for code, place in PLACES.items() if place.lower() == name.lower())


KNOWN = Known(resolve, in_force, codes_named, lambda *_: True, date(2026, 6, 1))


def proposed(content: str | bytes, **wishes: Any) -> Proposal:
    body = content.encode() if isinstance(content, str) else content
    return propose(body, "made_up.csv", Hints(**{"id": "score"} | wishes), KNOWN)


def figures(content: str | bytes, **wishes: Any) -> list[tuple[Any, ...]]:
    """The figures that a file gives when it is read by what was proposed for it."""
    found = proposed(content, **wishes)
    body = content.encode() if isinstance(content, str) else content
    reply = Reply(
        Request("file:x"), body, "", datetime(2026, 6, 1, tzinfo=UTC), "file", KNOWN.today
    )
    entries = Catalogue(tables=(found.table,), indicators=found.indicators)
    rows = files.read(entries, found.table, reply, resolve)["observation"].to_pylist()
    return sorted(
        (row["indicator_id"], row["reported_code"], row["period"], row["value"], row["status"])
        for row in rows
    )


LONG = [
    ("score", "0301", "2024", 3.5, None),
    ("score", "0301", "2025", 4.25, None),
    ("score", "1508", "2024", 1.0, None),
    ("score", "1508", "2025", None, ".."),
]


@pytest.mark.parametrize(
    "content",
    [
        "kommunenr;år;poeng\n0301;2024;3,5\n0301;2025;4,25\n1508;2024;1\n1508;2025;..\n",
        "municipality_code,year,score\n0301,2024,3.5\n0301,2025,4.25\n1508,2024,1\n1508,2025,..\n",
        "Kommune\tTid\tModenhet\nOslo\t2024\t3,5\nOSLO\t2025\t4,25\nÅlesund\t2024\t1\n"
        "Ålesund\t2025\t..\n",
        "kommunenr;2024;2025\n0301;3,5;4,25\n1508;1;..\n",
        "Kommune;Merknad;2024;2025\nOslo;ja;3,5;4,25\nÅlesund;nei;1;..\n",
        "Undersøkelse om modenhet\n\nKommune;2024;2025\nOslo;3,5;4,25\nÅlesund;1;..\n",
        "Knr;Dekning;Poeng 2024;Poeng 2025\n0301;9;3,5;4,25\n1508;8;1;..\n",
    ],
    ids=["codes", "english", "names", "wide codes", "wide names", "title above", "named and wide"],
)
def test_long_or_wide_by_code_or_name_gives_the_same_figures(content: str) -> None:
    assert figures(content) == LONG


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    content = "Kommune;2024;2025\nOslo;3,5;4,25\nÅlesund;1;..\n".encode(encoding)
    assert figures(content) == LONG


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["0301", "1508", "1580"]), st.sampled_from(["2024", "2025"])),
        st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda number: round(number, 3))),
        min_size=2,
    ),
    st.sampled_from([(";", ","), (";", "."), (",", "."), ("\t", ",")]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    st.booleans(),
    st.booleans(),
)
def test_however_it_is_written_the_figures_are_those_that_were_meant(
    meant: dict[tuple[str, str], float | None],
    marks: tuple[str, str],
    encoding: str,
    by_name: bool,
    wide: bool,
) -> None:
    if all(value is None for value in meant.values()):
        return  # a column without a number can't be told to hold any
    delimiter, decimal = marks

    def written(code: str, year: str) -> str:
        value = meant.get((code, year))
        return "" if value is None else repr(value).replace(".", decimal)

    place = "Kommune" if by_name else "Kommunenr"
    codes = list(dict.fromkeys(code for code, _ in meant))
    called = {code: PLACES[code] if by_name else code for code in codes}
    text = io.StringIO()
    rows = csv.writer(text, delimiter=delimiter)
    if wide:
        rows.writerow([place, "2024", "2025"])
        rows.writerows(
            [called[code], written(code, "2024"), written(code, "2025")] for code in codes
        )
    else:
        rows.writerow([place, "År", "Poeng"])
        rows.writerows([called[code], year, written(code, year)] for code, year in meant)
    content = text.getvalue().encode(encoding)
    try:
        found = figures(content)
    except Question as question:  # 1,625 alone may be a number over a thousand
        if question.option != "decimal":
            raise
        found = figures(content, decimal=decimal)
    told = {(code, period): value for _, code, period, value, _ in found if value is not None}
    assert told == {key: value for key, value in meant.items() if value is not None}


def test_a_workbook_with_numbers_as_codes_and_a_decimal_comma_in_text() -> None:
    made = openpyxl.Workbook()
    made.active.title = "Om"
    sheet = made.create_sheet("Svar")
    for row in (["Tittel"], ["Kommunenr", 2024, 2025], [301, 3.5, "4,25"], [1508, 1, ".."]):
        sheet.append(row)
    packed = io.BytesIO()
    made.save(packed)
    assert figures(packed.getvalue(), sheet="Svar") == LONG
    found = proposed(packed.getvalue(), sheet="Svar")
    assert (found.written, found.sheets) == ("Excel workbook, sheet 'Svar'", ("Om", "Svar"))


def test_rows_that_measure_different_things_become_an_indicator_each() -> None:
    content = (
        "kommunenr;år;tema;verdi\n0301;2025;Ledelse;1\n0301;2025;Data & skjøn;2\n"
        "1508;2025;Ledelse;3\n1508;2025;Data & skjøn;4\n"
    )
    found = figures(content)
    assert [row[:4] for row in found] == [
        ("score_data_skjon", "0301", "2025", 2),
        ("score_data_skjon", "1508", "2025", 4),
        ("score_ledelse", "0301", "2025", 1),
        ("score_ledelse", "1508", "2025", 3),
    ]


def test_several_columns_become_an_indicator_each_unless_they_are_chosen() -> None:
    content = "kommunenr;Fylkesnr;Fiber (%);5G\n0301;3;94,2 %;99\n1508;15;90 %;80\n"
    told = {row[0] for row in figures(content, period="2025")}
    assert told == {"score_fiber", "score_5g"}
    chosen = figures(content, period="2025H1", values=("Fiber (%)=fibre",))
    assert [row[:4] for row in chosen] == [
        ("fibre", "0301", "2025H1", 94.2),
        ("fibre", "1508", "2025H1", 90),
    ]


def test_a_header_with_one_name_twice_is_shown_and_its_columns_numbered() -> None:
    content = "Kommune;Fylke;Andel;Andel\nHERØY;Nordland;1;2\nHERØY;Møre og Romsdal;3;4\n"
    found = proposed(content, period="2025", values=("c4",))
    assert found.columns.heading_of("c4") == "Andel"
    assert found.columns.taken_for["c2"] == "county of the name"
    assert [row[1:4] for row in figures(content, period="2025", values=("c4",))] == [
        ("1515", "2025", 4),
        ("1818", "2025", 2),
    ]


def test_two_rows_of_an_ambiguous_name_are_refused_rows_and_no_repetition() -> None:
    found = figures("Kommune;Poeng\nHerøy;1\nHerøy;2\nOslo;3\n", period="2025")
    assert [row[1:4] for row in found] == [("0301", "2025", 3)]


@pytest.mark.parametrize(
    ("content", "division"),
    [
        ("kommunenr;år;x\n1507;2022;1\n0301;2022;1\n", 2022),
        ("kommunenr;år;x\n1508;2019;1\n1508;2025;1\n", 2025),
        ("kommunenr;år;x\n1507;2022;1\n1508;2025;1\n", "own"),
    ],
    ids=["of its year", "the last holds all", "each of its own year"],
)
def test_the_division_is_one_in_which_the_codes_are_in_force(
    content: str, division: int | str
) -> None:
    assert proposed(content).table.division == division


def test_names_are_read_as_on_the_first_day_of_the_last_year_unless_said() -> None:
    layout = proposed("Kommune;2024;2025\nOslo;1;2\n").table.layout
    assert layout is not None
    assert layout.names_on == date(2025, 1, 1)
    said = proposed("Kommune;x\nOslo;1\n", period="2025", names_on=date(2020, 1, 1))
    assert said.table.division == 2020


@pytest.mark.parametrize(
    ("content", "wishes", "sentence"),
    [
        ("", {}, "no ; tab , or | parts it into columns"),
        ("just text\nand more\n", {}, "no ; tab , or | parts it into columns"),
        ("a;b\nx;1\ny;2\n", {"period": "2025"}, "no column holds municipality codes or names; say"),
        ("kommunenr;x 2024;y 2025\n0301;1;2\n", {}, "are of one year each"),
        ("kommunenr;x\n0301;1\n", {}, "no column holds periods .* say --period 2025, or"),
        (
            "kommunenr;x\n0301;1\n",
            {"period": "May"},
            "--period May is neither a column nor a period",
        ),
        ("kommunenr;x\n0301;ja\n", {"period": "2025"}, "no column holds numbers; say --value"),
        (
            "kommunenr;x\n0301;1\n",
            {"code": "knr"},
            "there is no column 'knr'; the columns are komm",
        ),
        (
            "kommunenr;x\n0301;1\n",
            {"period": "2025", "values": ("y",)},
            "there is no column 'y'; the columns are kommunenr, x",
        ),
        (
            "kommunenr;x;y\n0301;1,5;1.5\n",
            {"period": "2025"},
            "'1,5' in column 'x' has a decimal comma and '1.5' in column 'y' a decimal point",
        ),
        (
            "kommunenr;x\n0301;1\n0301;2\n",
            {"period": "2025"},
            "0301 stands in several rows, and no column tells them apart",
        ),
        ("kommunenr;x\n", {"period": "2025"}, "there are no rows below the header"),
        ("kommunenr;x\n0301;1\n", {"period": "2025", "id": "Min måling"}, "as min_maling"),
        ("Kommune;2025\nOslo;1\n", {"division": 0}, "--division 0: no municipal division of then"),
        ("kommunenr;2025\n0301;1\n", {"division": 3000}, "--division 3000: no municipal division"),
        ("kommunenr;x\n0301;1\n", {"period": "2025", "skip_rows": 9}, "9 are to be skipped"),
    ],
)
def test_what_can_not_be_made_out_is_asked_for(
    content: str, wishes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        proposed(content, **wishes)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_a_slug_can_always_be_part_of_an_id(text: str) -> None:
    assert slug(text).replace("_", "a").isalnum()
    assert slug(text).isascii()
