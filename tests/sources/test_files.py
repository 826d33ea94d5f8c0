"""Figures that come as files: layouts, encodings, numbers, names, rows that are not as declared."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from tests.sources.files_read import figures, named, origin, read, refused, table

# --- layouts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        ("code,value\n1508,12.5\n", {}),
        ("code;value\r\n1508;12,5\r\n", {"delimiter": ";", "decimal": ","}),
        ("code\tvalue\n1508\t12.5\n\n\n", {"delimiter": "\t"}),
        ("About this file;\n;\ncode;value\n1508;12.5", {"delimiter": ";", "skip_rows": 2}),
        ('code,value\n"1508","12.5"\n', {}),
        (" code , value \n 1508 , 12.5 \n", {}),
        ("1508;12.5", {"delimiter": ";", "has_header": False, "code": "c1"}),
    ],
)
def test_a_file_is_read_by_the_layout_it_declares(content: str, layout: dict[str, Any]) -> None:
    column = "c2" if layout.get("has_header") is False else "value"
    assert figures(read(content, table(layout), origin(column=column))) == [
        ("1508", "2024", 12.5, None)
    ]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_names_survive_the_encoding_of_the_file(encoding: str, declared: str) -> None:
    content = "name,value\nÅlesund,1\n".encode(encoding)
    assert figures(read(content, named(encoding=declared))) == [("1508", "2024", 1, None)]


def test_bytes_of_another_encoding_are_refused_by_their_place() -> None:
    with pytest.raises(InputError, match=r"invented\.csv: byte 11 is not utf-8-sig; declare the"):
        read("name,value\nÅlesund,1\n".encode("cp1252"), named())


def test_an_encoding_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="'utf-8-signature' is not the name of an encoding"):
        read("code,value\n1508,1\n", table({"encoding": "utf-8-signature"}))


def test_codes_keep_their_leading_zero() -> None:
    assert figures(read("code,value\n0301,1\n"))[0][0] == "0301"


def test_the_period_stands_in_a_column_or_in_the_origin() -> None:
    content = "code,year,value\n1508,2019,1\n1580,2020,2\n"
    rows = read(content, table({"period": "year"}), origin(period=None), origin(period="2026K1"))
    assert [row[1] for row in figures(rows)] == ["2019", "2020", "2026K1", "2026K1"]


def test_rows_of_a_long_file_are_chosen_by_their_words() -> None:
    content = "code,kind,value\n1508,a,1\n1508,b,2\n"
    assert figures(read(content, None, origin(where={"kind": "b"}))) == [("1508", "2024", 2, None)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2"], (3, None)),
        (["0", "0"], (0, None)),
        (["1", ":"], (None, ":")),
        (["..", ":"], (None, "..")),
        (["", "4"], (None, None)),
    ],
)
def test_rows_added_up_are_missing_if_one_is(
    values: list[str], expected: tuple[object, object]
) -> None:
    content = "code,value\n" + "".join(f"1508,{value}\n" for value in values) + "1580,7\n"
    declared = table({"missing": ["", ":", ".."]})
    rows = figures(read(content, declared, origin(add_rows=True)))
    assert rows == [("1508", "2024", *expected), ("1580", "2024", 7, None)]


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("94,2 %", ",", 94.2),
        ("94,2\u00a0%", ",", 94.2),
        ("5 627 400", ".", 5_627_400),
        ("5\u00a0627\u202f400,5", ",", 5_627_400.5),
        ("-0.3", ".", -0.3),
        ("\u22120,3", ",", -0.3),
        ("1e+05", ".", 100_000),
        ("0", ".", 0),
        ("007", ".", 7),
    ],
)
def test_numbers_are_read_as_norwegians_and_programs_write_them(
    text: str, decimal: str, value: float
) -> None:
    content = f'code,value\n1508,"{text}"\n'
    assert figures(read(content, table({"decimal": decimal})))[0][2] == value


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("1,5", "."),
        ("1.500", ","),
        ("1.500,5", ","),
        ("nan", "."),
        ("inf", "."),
        ("1_000", "."),
        ("1 2", "."),
        ("12 345 67", "."),
        ("n/a", "."),
        ("-", "."),
        ("1.", "."),
        (".5", "."),
        ("٣", "."),
        ("12 % av", "."),
    ],
)
def test_what_is_not_surely_a_number_is_refused_by_row_and_column(text: str, decimal: str) -> None:
    content = f'code,value\n1508,1\n1580,"{text}"\n'
    frames = read(content, table({"decimal": decimal}))
    sentence = (
        f"invented.csv, row 3, column 'value': '{text}' is not a number with '{decimal}' before the"
        " decimals, nor one of the declared signs for missing."
    )
    assert figures(frames) == [("1508", "2024", 1, None)]
    assert refused(frames) == [(3, text, sentence)]
    with pytest.raises(InputError) as caught:  # of which nothing can be read
        read(f'code,value\n\n1580,"{text}"\n', table({"decimal": decimal}))
    assert str(caught.value) == sentence


@given(st.floats(-1e12, 1e12), st.sampled_from(".,"))
def test_any_number_that_was_written_is_read_back(number: float, decimal: str) -> None:
    text = repr(number).replace(".", decimal)
    [(_, _, value, _)] = figures(read(f'code,value\n1508,"{text}"\n', table({"decimal": decimal})))
    assert value == number


def test_a_sign_for_missing_is_kept_and_is_never_zero() -> None:
    content = "code,value\n1508,:\n1580,\n1505,0\n"
    assert figures(read(content, table({"missing": ["", ":"]}))) == [
        ("1508", "2024", None, ":"),
        ("1580", "2024", None, None),
        ("1505", "2024", 0, None),
    ]


def test_words_become_the_numbers_that_are_declared_for_them() -> None:
    content = "code,value\n1508,true\n1580,false\n"
    rows = figures(read(content, None, origin(values={"true": 1, "false": 0})))
    assert [row[2] for row in rows] == [1, 0]


# --- rows that are not as declared -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            "code,value\n1508,1\n1580,Bø, i Vesterålen\n",
            "row 3: 2 cells are expected, and there are 3",
        ),
        ("code,value\n1508\n", "row 2: 2 cells are expected, and there are 1"),
        ("code,value,value\n1508,1,2\n", "two columns are named 'value'; rename one"),
        ("kode,value\n1508,1\n", "row 2: there is no column 'code'; the file has kode, value"),
        ("code,verdi\n1508,1\n", "row 2: there is no column 'value'; the file has code, verdi"),
        ('code,value\n1508,"1\n', r"row 2: can't be read as CSV \(unexpected end of data\)"),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_by_row(content: str, fault: str) -> None:
    with pytest.raises(InputError, match=rf"invented\.csv(, |: ){fault}"):
        read(content)


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    content = 'Title\ncode,note,value\n1508,"two\nlines",1\n\n1580,x,oops\n'
    [(row, said, reason)] = refused(read(content, table({"skip_rows": 1})))
    assert (row, said) == (5, "oops")
    assert "row 5, column 'value': 'oops'" in reason


@pytest.mark.parametrize("code", ["301", "K-0301", "0301 Oslo", "", "٠٣٠١", "03011"])
def test_a_row_without_a_municipality_code_is_kept_as_refused(code: str) -> None:
    frames = read(f"code,value\n{code},1\n1508,2\n")
    assert [row[0] for row in figures(frames)] == ["1508"]
    [(row, said, reason)] = refused(frames)
    assert (row, said) == (2, code)
    assert reason.startswith(
        f"invented.csv, row 2: '{code}' is not a municipality code of four digits."
    )
    assert reason.endswith("If a program dropped the first 0, write 0301.") is (code == "301")
