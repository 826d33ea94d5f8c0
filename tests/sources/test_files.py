"""Figures that come as files: layouts, encodings, numbers, names, rows that are not as declared."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from common.tabular import workbook as spreadsheet
from sources import catalogue, files
from sources.catalogue import Catalogue, Indicator, Origin, Table, Title
from sources.frames import Frames
from sources.http import Reply, Request

INVENTED = Title(nb="Oppdiktet", en="Invented")
TODAY = date(2026, 6, 1)
MUNICIPALITIES = {
    "herøy": {"Møre og Romsdal": "1515", "Nordland": "1818"},
    "ålesund": {"Møre og Romsdal": "1508"},
    "bø": {"Nordland": "1867"},
}


def resolve(names: Sequence[tuple[str, str | None]], _on: date) -> list[str | Exception]:
    """A register of three names, one of them of two municipalities."""
    found: list[str | Exception] = []
    for name, county in names:
        places = MUNICIPALITIES.get(name.lower(), {})
        codes = [code for place, code in places.items() if county in {None, place}]
        found.append(
            codes[0] if len(codes) == 1 else InputError(f"'{name}' is {len(codes)} places")
        )
    return found


def table(layout: dict[str, Any] | None = None, **changes: Any) -> Table:
    """The declaration of an invented file with municipality codes."""
    declared: dict[str, Any] = {
        "id": "invented",
        "kind": "file",
        "publisher": "Nobody",
        "title": INVENTED,
        "licence": "invented",
        "citation": "invented",
        "url": "https://example.org",
        "obtained_via": "made up for a test",
        "layout": {"file": "invented.csv", "code": "code"} | (layout or {}),
    }
    return Table.model_validate(declared | changes)


def named(**layout: Any) -> Table:
    return table({"code": None, "name": "name", "names_on": date(2024, 1, 1)} | layout)


def origin(**changes: Any) -> Origin:
    return Origin(table="invented", **{"column": "value", "period": "2024"} | changes)


def reply(content: bytes) -> Reply:
    return Reply(
        Request("file:invented.csv"),
        content,
        "text/csv",
        datetime(2026, 6, 1, tzinfo=UTC),
        "file",
        TODAY,
    )


def read(content: bytes | str, declared: Table | None = None, *origins: Origin) -> Frames:
    declared = declared or table()
    indicators = [
        Indicator(
            id=f"invented_{n}", title=INVENTED, unit="pieces", aggregate="sum", origins=(each,)
        )
        for n, each in enumerate(origins or (origin(),), 1)
    ]
    entries = Catalogue(tables=(declared,), indicators=tuple(indicators))
    body = content.encode() if isinstance(content, str) else content
    return files.read(entries, declared, reply(body), resolve)


def figures(frames: Frames) -> list[tuple[Any, ...]]:
    columns = ("reported_code", "period", "value", "status")
    rows = frames["observation"]
    return list(zip(*(rows[name].to_pylist() for name in columns), strict=True))


def refused(frames: Frames) -> list[tuple[Any, ...]]:
    return [
        (row["row"], row["raw_value"], row["reason"]) for row in frames["refused_row"].to_pylist()
    ]


# --- layouts -------------------------------------------------------------------------------


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


# --- numbers -------------------------------------------------------------------------------


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


# --- rows that are not as declared ---------------------------------------------------------


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


# --- workbooks -----------------------------------------------------------------------------


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


# --- names ---------------------------------------------------------------------------------


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


# --- other kinds of file -------------------------------------------------------------------


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


# --- fetching ------------------------------------------------------------------------------


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


# --- the files that ship -------------------------------------------------------------------


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
