"""The files of a report, and that they are the same each time."""

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml

from common.errors import ReportError
from common.text import Language
from reports import cff, data, report
from reports.findings import Findings
from reports.page.html import page
from selection import rulefile
from tests.reports.pages import MADE_BY, page_of, parsed
from tests.selection.conftest import EXAMPLE


def test_a_report_has_all_its_files(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()} - {"report.pdf"}
    assert names == {
        "report.html", "candidates.xlsx", "candidates.csv", "selection.json", "selection.yaml",
        "CITATION.cff", "figures",
    }  # fmt: skip
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert any("07459" in one["title"] for one in citation["references"])


def test_tables_that_are_cited_alike_are_one_reference() -> None:
    one = {"table_id": "a", "citation": "Table 1", "publisher": "SSB", "url": "", "licence": "MIT"}
    sources = [one, one | {"table_id": "b"}, one | {"table_id": "c"}]
    days = {"a": "2026-06-01", "b": "2026-06-01", "c": "2026-10-07"}
    found = cff.references(sources, days, ("0.1.0", "digest"))
    assert [each.get("date-accessed") for each in found] == [None, "2026-06-01", "2026-10-07"]


def test_a_folder_with_something_else_is_left_alone(
    real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(ReportError, match="not empty and no earlier report"):
        report.write(real, rulefile.load(EXAMPLE), tmp_path, Language.NB, MADE_BY)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.thorough
def test_the_same_rule_and_vintage_give_the_same_bytes_and_a_change_is_seen(
    folder: Path, real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    with (copy / "candidates.csv").open("a", encoding="utf-8") as file:
        file.write("9999,Nowhere\n")
    assert report.differences(real, copy) == ["candidates.csv is not what the rule gives."]


def test_csv_workbook_and_json_agree(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "candidates.csv").read_text("utf-8"))))
    said = json.loads((folder / "selection.json").read_text("utf-8"))
    book = openpyxl.load_workbook(folder / "candidates.xlsx")
    sheet = book["candidates"]
    head = [cell.value for cell in sheet[1]]
    assert head == list(rows[0])
    assert sheet.freeze_panes == "C2"
    assert sheet.max_row == len(rows) + 1 == 358
    by_code = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    chosen = {row["municipality_code"] for row in rows if row["status"] == "chosen"}
    assert chosen == {one["municipality_code"] for one in said["chosen"]}
    assert by_code["0301"][head.index("municipality_name")].value == "Oslo"
    for row in rows:
        cells = by_code[row["municipality_code"]]
        for column in ("population", "higher_education_share", "centrality_class"):
            value = cells[head.index(column)].value
            assert isinstance(value, int | float) or (value is None and row[column] == "")
            assert value is None or float(row[column]) == pytest.approx(value)
    described = {row[0].value for row in book["code book"].iter_rows(min_row=2)}
    assert set(head) <= described


def test_a_text_is_never_a_formula(found: Findings) -> None:
    people = found.candidates.table
    names = [f"{start}HYPERLINK(0)" for start in ("=", "+", "-", "@", "\t", "\r")]
    written = [names[row % len(names)] for row in range(len(people))]
    table = people.assign(municipality_name=written)
    hostile = replace(found, candidates=replace(found.candidates, table=table))
    book = openpyxl.load_workbook(io.BytesIO(data.candidates_xlsx(hostile)))
    cells = [row[1] for row in book["candidates"].iter_rows(min_row=2)]
    as_xml_has_them = {f"'{name}".replace("\r", "\n") for name in names}
    assert {(cell.value, cell.data_type) for cell in cells} == {
        (text, "s") for text in as_xml_has_them
    }
    rows = csv.DictReader(io.StringIO(data.candidates_csv(hostile)))
    assert {row["municipality_name"] for row in rows} == {f"'{name}" for name in names}


def test_every_figure_is_a_picture_in_itself(folder: Path) -> None:
    paths = sorted((folder / "figures").glob("*.svg"))
    assert len(paths) == 1 + 3 + 13 + 13 + 6 + 1 + 1  # and the net
    for path in paths:
        root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file
        assert root[0].tag.endswith("title")
        named = {e.get("id") for e in root.iter()}
        text = path.read_text("utf-8")
        assert set(re.findall(r"url\(#([\w-]+)\)", text)) <= named
        assert not any(e.tag.endswith("}use") for e in root.iter())
    assert "<path" in (folder / "figures" / "map-networks.svg").read_text("utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(
    real: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", "utf-8")
    with pytest.raises(ReportError, match="no earlier report"):
        report.write(real, rulefile.load(EXAMPLE), tmp_path, Language.NB, MADE_BY)
    with pytest.raises(ReportError, match="this is no report"):
        report.vintage_of(tmp_path)


def test_the_author_stands_on_the_report_and_in_its_citation_and_not_in_the_hash(
    found: Findings,
) -> None:
    authors = ("Nordmann, Kari", "Forskergruppen Nord")
    named = replace(
        found, file=replace(found.file, rule=found.rule.model_copy(update={"author": authors}))
    )
    assert named.rule.hash == found.rule.hash
    citation = yaml.safe_load(report.citation(named, Language.NB, MADE_BY))
    assert citation["authors"] == [
        {"family-names": "Nordmann", "given-names": "Kari"},
        {"name": "Forskergruppen Nord"},
    ]
    [header] = parsed(page(named, Language.NB, "x")).all("header")
    assert "Av Nordmann, Kari og Forskergruppen Nord." in header.text


def test_a_citation_has_an_author_and_only_real_addresses_and_days(found: Findings) -> None:
    own = found.sources.assign(url="not stated", licence="unconfirmed")
    citation = yaml.safe_load(report.citation(replace(found, sources=own), Language.EN, MADE_BY))
    assert citation["authors"] == [{"name": "Author not stated"}]
    for reference in citation["references"]:
        assert reference["title"]
        assert "url" not in reference
        if reference["type"] == "data":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", reference["date-accessed"])


def test_a_table_that_was_never_asked_is_not_cited(
    found: Findings, real: duckdb.DuckDBPyConnection
) -> None:
    asked = {
        row[0]
        for row in real.sql("select table_id from mart.source_table where is_asked").fetchall()
    }
    assert set(found.sources["table_id"]) <= asked
    assert "ssb_09429" not in asked
    assert "ssb_09429" not in parsed(page_of(found, Language.EN)).all("table")[-2].text
