"""Bytes to numbered rows: encodings, delimiters, quotation marks, workbooks, and other things."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.tabular.grid import read_grid
from common.tabular.numerals import Number
from common.tabular.records import read_csv_file
from tests.common.other_workbooks import ods, packed, xlsb

FILES = Path(__file__).parent / "files"
TEXT = "Kommune;2024\nVågå;3,5\nØrsta;1\n"
ROWS = [["Kommune", "2024"], ["Vågå", "3,5"], ["Ørsta", "1"]]


def cells(content: bytes | str, sheet: str | None = None) -> list[list[str]]:
    body = content.encode() if isinstance(content, str) else content
    return [row for _, row in read_grid(body, "made_up.csv", sheet=sheet).rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_reader_understands_the_same_encodings(encoding: str, tmp_path: Path) -> None:
    body = TEXT.encode(encoding)
    assert cells(body) == ROWS
    path = tmp_path / "made_up.csv"
    path.write_bytes(body)
    file = read_csv_file(path)
    assert [file.columns, *([*record.cells.values()] for record in file.records)] == ROWS


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2\n", ";"),
        ("a,b\n1.5,2\n", ","),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a|b\n1,5|2\n", "|"),
        ("Title, with a comma\n\na;b\n1,5;2\n2,5;3\n", ";"),
        ("sep=|\na|b;c\n1|2\n", "|"),
    ],
)
def test_the_delimiter_is_the_one_that_parts_most_rows_alike(text: str, delimiter: str) -> None:
    assert read_grid(text.encode(), "made_up.csv").layout["delimiter"] == delimiter


@pytest.mark.parametrize(
    "text",
    [
        '0301;"see note;5\n4601;;6\n1804;see note";7\n3301;;8\n',
        'code;note;x\n0301;"one;5\n4601;two";6\n',
        'code,note,x\n0301,"one,5\n4601,,6\n4602,,7\n4603,"",8\n',
    ],
    ids=["three rows", "two rows", "closed by an empty text"],
)
def test_a_quotation_mark_that_made_one_cell_of_several_rows_is_pointed_out(text: str) -> None:
    with pytest.raises(InputError, match=r"lines \d to \d: a quotation mark|row \d: can't be read"):
        cells(text)


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_text_that_excel_is_kept_from_taking_for_a_number_is_that_text(sign: str) -> None:
    assert cells(f'kode{sign}="x"\n="0301"{sign}="a=""b"\n')[1][0] == "0301"


def test_a_text_of_two_lines_in_quotation_marks_is_one_cell() -> None:
    grid = read_grid(b'code;note;x\n0301;"one\ntwo; three";5\n4601;;6\n', "made_up.csv")
    assert grid.rows[1:] == [(2, ["0301", "one\ntwo; three", "5"]), (3, ["4601", "", "6"])]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><html><body>Siden finnes ikke</body></html>", "a web page"),
        (b"\xef\xbb\xbf\r\n<html lang='nb'><table><tr><td>1</td></tr>", "a web page"),
        ("<html>".encode("utf-16"), "a web page"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='x'>", "a web page"),
        (b"<?xml version='1.0'?><rows><row/></rows>", "XML"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08rest", "packed with gzip"),
    ],
)
def test_what_holds_no_table_is_told_as_what_it_is(content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=f"made_up.xlsx: this is {what}"):
        read_grid(content, "made_up.xlsx")


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("word/document.xml", "a Word document"),
        ("xl/workbook.bin", "a binary workbook"),
        ("other.csv", "a packed folder"),
    ],
)
def test_an_archive_that_is_no_workbook_is_told_as_what_it_is(part: str, told: str) -> None:
    with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(InputError, match=told):
        read_grid(packed.getvalue(), "made_up.xlsx")


def test_an_old_workbook_is_read_as_a_new_one() -> None:
    content = (FILES / "made_up.xls").read_bytes()
    assert cells(content, "Svar") == [
        ["Kommunenr", "2024", "2025", "Dato"],
        ["301", "3.5", "4,25", "2025-01-01"],
        ["1508", "1", "..", "2025-01-02"],
    ]
    assert read_grid(content, "made_up.xls").sheets == ("Om", "Svar")
    with pytest.raises(InputError, match="there is no sheet 'Tall'; it has Om, Svar"):
        read_grid(content, "made_up.xls", sheet="Tall")


MADE = [["Kommune", 2025], ["Oslo", 1.5], ["Bodø", "4,25"]]
AS_TEXT = [["Kommune", "2025"], ["Oslo", "1.5"], ["Bodø", "4,25"]]


@pytest.mark.parametrize(
    "content",
    [ods(MADE), xlsb({at: dict(enumerate(row)) for at, row in enumerate(MADE)})],
    ids=["OpenDocument", "binary"],
)
def test_an_open_document_and_a_binary_workbook_are_read_as_others(content: bytes) -> None:
    found = read_grid(content, "made_up.ods")
    assert [cells for _, cells in found.rows] == AS_TEXT
    assert isinstance(found.rows[1][1][1], Number)
    assert found.sheets == ("Ark1",)


@pytest.mark.parametrize(
    "content",
    [
        xlsb({0: {0: "Kommune"}, 1_048_575: {16_383: 1.0}}),
        xlsb({0: {0: "Kommune", 999: 1.0}, 1000: {0: 1.0}}),
        ods([["Kommune", 2025], ["Oslo", 1.5]], repeated=16_384),
    ],
    ids=["one cell in each corner", "a little too large", "cells repeated"],
)
def test_a_small_workbook_that_claims_a_huge_sheet_is_refused(content: bytes) -> None:
    assert len(content) < 2_000
    with pytest.raises(InputError, match=r"more than 1000000 cells|can't be read as"):
        read_grid(content, "made_up.xlsb")


@pytest.mark.parametrize("number", range(1, 25))
def test_a_binary_workbook_that_is_cut_off_is_one_sentence(number: int) -> None:
    part = xlsb({0: {0: "Kommune", 1: 2025.0}})
    with zipfile.ZipFile(io.BytesIO(part)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"][:-number]
    sentence, rows = "", [["Kommune", "2025"]]
    try:
        rows = [cells for _, cells in read_grid(packed(parts), "made_up.xlsb").rows]
    except InputError as error:
        sentence = str(error)
    assert rows in ([["Kommune", "2025"]], [["Kommune"]], [[""]], [])
    told = "made_up.xlsb: this can't be read as a binary workbook"
    assert sentence == "" or sentence.startswith(told)


def test_the_first_sheet_that_is_not_hidden_is_read() -> None:
    made = openpyxl.Workbook()
    made.active.append(["gammel"])
    made.create_sheet("Ny").append(["ny"])
    made.active.sheet_state = "hidden"
    made.active = 1
    made.save(archive := io.BytesIO())
    assert cells(archive.getvalue()) == [["ny"]]
    assert read_grid(archive.getvalue(), "x.xlsx").sheets == ("Ny", "Sheet")


@pytest.mark.parametrize("end", [8, 600, 4000])
def test_a_damaged_old_workbook_is_one_sentence(end: int) -> None:
    content = (FILES / "made_up.xls").read_bytes()[:end]
    with pytest.raises(InputError, match=r"can't be read as an old Excel workbook \(.xls\)"):
        read_grid(content, "made_up.xls")


def test_parquet_is_read_with_its_columns_and_numbers() -> None:
    table = pa.table(
        {
            "kommunenr": ["0301", "4601"],
            "x": [1.5, None],
            "n": [1, 2],
            "day": [date(2025, 1, 1)] * 2,
        }
    )
    pq.write_table(table, packed := io.BytesIO())
    found = cells(packed.getvalue())
    assert found == [
        ["kommunenr", "x", "n", "day"],
        ["0301", "1.5", "1", "2025-01-01"],
        ["4601", "", "2", "2025-01-01"],
    ]
    assert isinstance(found[1][1], Number)
    assert not isinstance(found[1][0], Number)


def test_a_number_of_a_workbook_is_told_from_the_same_number_as_text() -> None:
    made = openpyxl.Workbook()
    made.active.append([709.037, "709.037", 301, "301"])
    made.save(packed := io.BytesIO())
    [row] = cells(packed.getvalue())
    assert row == ["709.037", "709.037", "301", "301"]
    assert [isinstance(cell, Number) for cell in row] == [True, False, True, False]


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_one_sentence(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"):
        sentence = ""
        try:
            rows = read_grid(start + content, "made_up.csv").rows
        except InputError as error:
            sentence = str(error)
        assert sentence.startswith("made_up.csv") or all(cells for _, cells in rows if cells)


def test_a_part_of_a_workbook_that_repeats_a_few_tags_is_refused_before_it_is_unpacked() -> None:
    made = openpyxl.Workbook()
    made.active.append(["Kommune", "2025"])
    made.save(archive := io.BytesIO())
    with zipfile.ZipFile(archive) as found:
        parts = {name: found.read(name) for name in found.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        bomb = parts | {name: b"<x>" + b"<row/>" * 300_000 + b"</x>"}
        content = packed(bomb)
        assert len(content) < 20_000
        with pytest.raises(InputError, match=f"its part {name} is more than 100 times as large"):
            read_grid(content, "made_up.xlsx")
