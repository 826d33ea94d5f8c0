"""What Excel is given: types as they are, codes as text, and whose the figures are."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from common import excel
from common.errors import InputError
from flows.settings import Settings
from tests.command import digidistrikt


@pytest.fixture(scope="module")
def home(small_home: Settings) -> Path:
    return small_home.home


def test_a_workbook_has_the_types_of_a_result(home: Path, tmp_path: Path) -> None:
    query = (
        "select '0301' as code, '=1+1' as text, 2.5 as number, 3 as whole, true as yes,"
        " date '2024-01-01' as day, timestamptz '2024-01-01 12:00:00+02' as moment,"
        " null as nothing,"
        " 'nan'::double as nan, ['a', 'b'] as list, 12345678901234567890::hugeint as long"
    )
    done = digidistrikt("sql", query, "--output", tmp_path / "out.xlsx", home=home)
    assert done.returncode == 0, done.stderr
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["figures", "columns", "sources", "vintage"]
    page = book["figures"]
    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[2]] == [
        *("0301", "=1+1", 2.5, 3, True, datetime(2024, 1, 1), datetime(2024, 1, 1, 10)),  # noqa: DTZ001
        *(None, None, "a, b", "12345678901234567890"),
    ]
    assert {page["A2"].data_type, page["B2"].data_type} == {"s"}


def test_a_workbook_says_what_columns_mean_and_whose_the_figures_are(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    query = "select municipality_code, population from mart.case_candidate"
    digidistrikt("sql", query, "--output", out, home=home)
    book = load_workbook(out)
    assert len([*book["figures"].rows]) == 358
    meant = {row[0]: row[1:] for row in book["columns"].values}
    assert meant["population"] == ("Population 1 January", "persons")
    assert meant["municipality_code"][0]
    [_, source] = [*book["sources"].values]
    assert (source[0], source[5]) == ("population", "CC BY 4.0")
    assert "Statistisk sentralbyrå" in source[6]


def test_csv_for_excel_has_a_mark_semicolons_and_decimal_commas(home: Path, tmp_path: Path) -> None:
    query = "select 'æ; ø' as text, 2.5 as n, 3.0::double as whole, date '2024-01-31' as day"
    digidistrikt("sql", query, "-f", "csv-excel", "-o", tmp_path / "out.csv", home=home)
    written = (tmp_path / "out.csv").read_bytes().decode("utf-8")
    assert written == '\ufefftext;n;whole;day\r\n"æ; ø";2,5;3;2024-01-31\r\n'


@pytest.mark.thorough
def test_indicators_and_tables_are_exported_to_sheets_and_files(home: Path, tmp_path: Path) -> None:
    names = ["population", "mart.case_candidate"]
    book = tmp_path / "out.xlsx"
    done = digidistrikt("export", *names, "--division", "2019", "-o", book, home=home)
    assert done.returncode == 0, done.stderr
    read = load_workbook(book, read_only=True)
    assert read.sheetnames == ["population", "case_candidate", "columns", "sources", "vintage"]
    for kind, ending in (("parquet", "parquet"), ("csv-excel", "csv")):
        done = digidistrikt("export", *names, "-f", kind, "-o", tmp_path / kind, home=home)
        assert done.returncode == 0, done.stderr
        files = {path.name for path in (tmp_path / kind).iterdir()}
        assert files == {f"population.{ending}", f"case_candidate.{ending}"}
    assert pq.read_table(tmp_path / "parquet" / "case_candidate.parquet").num_rows == 357


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["export", "popluation", "-o", "out.xlsx"], "the nearest are population"),
        (["export", "population", "nurses_fte", "-o", "out.csv"], "2 names need a folder"),
        (["export", "population", "-o", "out.sav"], "say --format xlsx"),
        (["catalog", "-f", "xlsx"], "xlsx is for a file"),
        (["sql", "select 1", "-f", "json-stat2"], "digidistrikt series INDICATOR"),
    ],
)
def test_what_cant_be_written_is_told(
    words: list[str], sentence: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = digidistrikt(*words, home=home)
    assert (done.returncode, [*tmp_path.iterdir()]) == (5, [])
    assert sentence in done.stderr


def test_what_a_sheet_has_no_room_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    with pytest.raises(InputError, match="row 2: a has a text of 40000 signs"):
        excel.write_workbook(file, [excel.Sheet("s", ["a"], [["x" * 40_000]])])
    assert not file.exists()


def test_values_of_databases_are_values_of_excel(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    row = [Decimal("2.50"), Decimal(7), date(2024, 1, 31), [], {"a": 1}, "a\x0bb"]
    excel.write_workbook(file, [excel.Sheet("s", [*"abcdef"], [row])])
    read = [cell.value for cell in load_workbook(file)["s"][2]]
    assert read == [2.5, 7, datetime(2024, 1, 31), None, '{"a": 1}', "a b"]  # noqa: DTZ001
