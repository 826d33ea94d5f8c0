"""Workbooks, files with names, files of other kinds, and the files that ship."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from common.errors import InputError
from common.tabular import workbook as spreadsheet
from sources import catalogue, files
from sources.catalogue import Catalogue, Indicator
from sources.http import Request
from tests.sources.files_read import (
    INVENTED,
    TODAY,
    figures,
    named,
    origin,
    read,
    refused,
    reply,
    resolve,
    table,
)

# --- workbooks ---------------------------------------------------------------------------------


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """An invented Excel workbook of these rows, in sheets S1, S2, ..."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def test_a_workbook_is_read_with_its_numbers_and_the_first_nought_of_codes() -> None:
    content = workbook([["KNR", "navn", "verdi"], [301, "Oslo", 12.5], ["1508", "Ålesund", "7,5"]])
    declared = table({"file": "invented.xlsx", "code": "KNR", "decimal": ","})
    assert figures(read(content, declared, origin(column="verdi"))) == [
        ("0301", "2024", 12.5, None),
        ("1508", "2024", 7.5, None),
    ]


def test_the_sheet_that_is_named_is_read_and_another_is_refused_by_name() -> None:
    content = workbook([["nothing"]], [[], ["Title"], ["code", "value"], [1508, 3], [1580, None]])
    got = read(content, table({"sheet": "S2", "skip_rows": 2}))
    assert figures(got) == [("1508", "2024", 3, None), ("1580", "2024", None, None)]
    with pytest.raises(InputError, match="there is no sheet 'Rådata'; it has S1, S2"):
        read(content, table({"sheet": "Rådata"}))


def test_a_formula_is_never_evaluated_nor_read_as_missing() -> None:
    content = workbook([["code", "value"], [1508, "=1+1"]])
    with pytest.raises(InputError, match=r"row 2, column 2: the formula =1\+1 was saved without"):
        read(content)


def test_an_error_of_a_spreadsheet_is_not_a_number() -> None:
    with pytest.raises(InputError, match="row 2, column 'value': '#N/A' is not a number"):
        read(workbook([["code", "value"], [1508, "#N/A"]]))


def test_a_workbook_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook([["code", "value"], *([1508, 1] for _ in range(100))])
    monkeypatch.setattr(spreadsheet, "MAX_CELLS", 100)
    with pytest.raises(InputError, match="more than 100 cells"):
        read(content)
    far_apart = zipfile.ZipFile(packed := io.BytesIO(), "w")
    with far_apart, zipfile.ZipFile(io.BytesIO(workbook([["code"], [1508]]))) as whole:
        for name in whole.namelist():
            part = whole.read(name)
            far_apart.writestr(name, part.replace(b'<row r="2"', b'<row r="999999999999"'))
    with pytest.raises(InputError, match="more than 100 cells"):
        read(packed.getvalue())
    monkeypatch.setattr(spreadsheet, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(InputError, match="more than 1000; save the sheet"):
        read(content)


@pytest.mark.parametrize("tag", [b"<row/>", b"<c/>", b"<c><v>1</v></c>"])
def test_a_small_workbook_that_unpacks_into_the_same_few_tags_is_refused(tag: bytes) -> None:
    made = zipfile.ZipFile(packed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED)
    with made, zipfile.ZipFile(io.BytesIO(workbook([["code"], [1508]]))) as whole:
        for name in whole.namelist():
            part = whole.read(name)
            made.writestr(name, part.replace(b"</sheetData>", tag * 1_500_000 + b"</sheetData>"))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(InputError, match=r"part xl/worksheets/sheet1\.xml is more than 100 times"):
        read(packed.getvalue())


def test_a_damaged_workbook_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"invented\.csv: this can't be read as an Excel workbook"):
        read(workbook([["code", "value"], [1508, 1]])[:-100])


@pytest.mark.parametrize(
    "file", ["../secret.csv", "{folder}/secret.csv", "linked.csv", "sub/../../secret.csv"]
)
def test_a_file_outside_its_folder_is_not_read(file: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("code,value\n0301,1\n", encoding="utf-8")
    inside = tmp_path / "files"
    inside.mkdir()
    (inside / "linked.csv").symlink_to(tmp_path / "secret.csv")
    request = Request(f"file:{file.format(folder=tmp_path)}")
    with pytest.raises(InputError, match="a file must lie in"):
        files.from_disk(request, table(), TODAY, inside)


# --- names -------------------------------------------------------------------------------------


def test_names_become_codes_and_what_can_not_be_placed_is_kept_as_refused() -> None:
    frames = read("name,value\nÅlesund,1\nHerøy,2\nAtlantis,3\n", named())
    assert figures(frames) == [("1508", "2024", 1, None)]
    assert refused(frames) == [
        (3, "Herøy", "'Herøy' is 2 places"),
        (4, "Atlantis", "'Atlantis' is 0 places"),
    ]


def test_a_county_beside_the_name_tells_two_places_of_one_name_apart() -> None:
    content = "name,fylke,value\nHERØY,Nordland,1\nHERØY,Møre og Romsdal,2\nHERØY,,3\n"
    frames = read(content, named(county="fylke"))
    assert [(row[0], row[2]) for row in figures(frames)] == [("1818", 1), ("1515", 2)]
    assert refused(frames) == [(4, "HERØY", "'HERØY' is 2 places")]


def test_a_county_column_that_is_not_there_is_refused_and_not_passed_over() -> None:
    with pytest.raises(InputError, match="there is no column 'fylke'"):
        read("name,value\nHerøy,1\n", named(county="fylke"))


def test_the_pattern_of_a_name_leaves_other_bodies_out_and_finds_the_county() -> None:
    pattern = r"^(?P<name>.+?) kommune(?: \((?P<county>[^)]+)\))?$"
    content = "name,value\nHerøy kommune (Nordland),1\nStatens vegvesen,2\nÅlesund kommune,3\n"
    frames = read(content, named(name_pattern=pattern))
    assert [(row[0], row[2]) for row in figures(frames)] == [("1818", 1), ("1508", 3)]
    assert refused(frames) == []


def test_names_that_only_their_publisher_writes_so_and_rows_about_others_are_declared() -> None:
    content = "name,value\nBø i Vesterålen,1\nHele landet,2\n"
    declared = named(known_names={"Bø i Vesterålen": "1867"}, other_names=["Hele landet"])
    frames = read(content, declared)
    assert figures(frames) == [("1867", "2024", 1, None)]
    assert refused(frames) == []


def test_names_are_resolved_on_the_day_they_were_in_use() -> None:
    asked = []

    def on_the_day(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        asked.append(on)
        return ["1508" for _ in names]

    for day, asked_on in ((date(2013, 12, 31), date(2013, 12, 31)), ("own", date(2024, 1, 1))):
        declared = named(names_on=day)
        indicator = Indicator(
            id="invented", title=INVENTED, unit="", aggregate="sum", origins=(origin(),)
        )
        entries = Catalogue(tables=(declared,), indicators=(indicator,))
        files.read(entries, declared, reply(b"name,value\nHaram,1\n"), on_the_day)
        assert asked.pop() == asked_on


# --- other kinds of file -----------------------------------------------------------------------


def test_a_classification_gives_each_municipality_its_class_in_each_scheme() -> None:
    declared = table(
        holds="classification",
        division=2024,
        classes={"centrality": ("class", None), "county": ("fylke", "fylkenavn")},
    )
    rows = read("code,class,fylke,fylkenavn\n1508,2,15,Møre og Romsdal\n", declared)
    assert [
        (row["scheme"], row["class_code"], row["class_name"], row["valid_from"])
        for row in rows["classification"].to_pylist()
    ] == [
        ("centrality", "2", None, date(2024, 1, 1)),
        ("county", "15", "Møre og Romsdal", date(2024, 1, 1)),
    ]


def test_an_organisation_file_gives_numbers_as_text() -> None:
    declared = table(holds="organisation", division=2024)
    [row] = read("code,orgnr,orgnavn\n1508,099999999,INVENTED\n", declared)[
        "organisation"
    ].to_pylist()
    assert (row["organisation_number"], row["municipality_code"]) == ("099999999", "1508")


# --- fetching ----------------------------------------------------------------------------------


def test_a_file_is_a_reply_with_its_bytes_untouched(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfcode,value\r\n"
    (tmp_path / "invented.csv").write_bytes(content)
    got = files.from_disk(Request("file:invented.csv"), table(), TODAY, tmp_path)
    assert (got.content, got.upstream, got.provenance) == (content, "file", "made up for a test")


@pytest.mark.parametrize(
    ("published", "as_of"),
    [("2026-04-20", date(2026, 4, 20)), ("2026-04", TODAY), ("2026", TODAY), (None, TODAY)],
)
def test_a_file_is_as_of_the_day_it_was_published_or_else_of_the_session(
    tmp_path: Path, published: str | None, as_of: date
) -> None:
    (tmp_path / "invented.csv").touch()
    declared = table(published_on=published)
    assert files.from_disk(Request("file:invented.csv"), declared, TODAY, tmp_path).as_of == as_of


@pytest.mark.parametrize("name", ["gone.csv", "../secret.csv", "/etc/hostname"])
def test_a_file_that_is_gone_or_lies_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "secret.csv").touch()
    with pytest.raises(InputError, match=r"there is no such file|must lie in"):
        files.from_disk(Request(f"file:{name}"), table(), TODAY, folder)


# --- the files that ship -----------------------------------------------------------------------


def shipped(table_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """The figures of a shipped file with codes, by indicator."""
    entries = catalogue.load()
    declared = entries.table_by_id[table_id]
    layout = declared.layout
    assert layout is not None
    got = files.from_disk(Request(f"file:{layout.file}"), declared, TODAY)
    rows = files.read(entries, declared, got, resolve)["observation"].to_pylist()
    return {
        indicator.id: [
            (row["reported_code"], row["period"], row["value"])
            for row in rows
            if row["indicator_id"] == indicator.id
        ]
        for indicator, _ in entries.indicators_of(table_id)
    }


def test_every_shipped_file_with_codes_is_read_without_a_refused_row() -> None:
    entries = catalogue.load()
    for declared in entries.tables:
        if declared.layout and declared.layout.code:
            got = files.from_disk(Request(f"file:{declared.layout.file}"), declared, TODAY)
            frames = files.read(entries, declared, got, resolve)
            assert frames["refused_row"].num_rows == 0, declared.id
            told = [
                frames[name].num_rows for name in (declared.holds, "trait_value") if name in frames
            ]
            assert any(told), declared.id


def test_debt_that_an_intermediary_put_in_place_of_another_debt_is_left_out() -> None:
    found = shipped("file_12143_northern")
    net, exposed = (
        {code: value for code, _, value in found[name]}
        for name in ("net_loan_debt", "interest_exposed_debt")
    )
    assert len(net) == 80
    assert len(exposed) == 65
    assert all(value is not None and value != net[code] for code, value in exposed.items())


@pytest.mark.parametrize(
    ("table_id", "indicator", "figure"),
    [
        ("file_kostra_northern_series", "net_operating_result", ("1845", "2015", -0.3)),
        ("file_kdd_expenditure_need_2025", "expenditure_need", ("1144", "2025", 1.6341)),
        ("file_14674", "property_tax", ("1108", "2026", 0)),
        ("file_14674", "property_tax_rate", ("1101", "2026", 2.63)),
        ("file_06944_09429", "median_household_income", ("0301", "2024", 834_500)),
        ("file_14746_northern", "population_projection_main", ("1804", "2026", 53_638)),
        ("file_kdd_robek", "robek", ("3322", "2026-04-20", 1)),
    ],
)
def test_a_shipped_figure_stands_where_it_was_published(
    table_id: str, indicator: str, figure: tuple[str, str, float]
) -> None:
    assert figure in shipped(table_id)[indicator]
