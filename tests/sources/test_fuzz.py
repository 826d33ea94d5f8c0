"""Whatever comes, it is read or refused in a sentence of ours: nothing else is ever raised.

The suite tries the same few hundred each time, `make fuzz` many thousand new ones.
"""

import csv
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import SourceError
from sources import brreg, catalogue, datanorge, files, jsonstat, klass, statbank, uutilsynet
from sources.catalogue import Catalogue
from sources.frames import Frames
from sources.http import Extract, Reply, Request
from sources.infer import Hints, Known, propose
from sources.networks import check_membership_file
from sources.statbank import api, selection
from tests import damage

REPLIES = Path(__file__).parent / "replies"
ENTRIES = catalogue.load()
TODAY = date(2026, 6, 1)
PLACES = {"0301": "Oslo", "1508": "Ålesund", "1580": "Haram", "4601": "Bergen - Bjørgvin"}


def kept(name: str) -> bytes:
    return gzip.decompress((REPLIES / f"{name}.json.gz").read_bytes())


def reply(request: Request, body: bytes) -> Reply:
    return Reply(request, body, "", datetime(2026, 6, 1, tzinfo=UTC), "invented", TODAY)


def said(read: Callable[[], object]) -> str:
    """The sentence of ours in which something is refused; nothing if it is read."""
    try:
        read()
    except SourceError as error:
        return str(error)
    return ""


# --- JSON-stat -----------------------------------------------------------------------------


def expanded(body: bytes) -> None:
    cube = jsonstat.read(body)
    if not cube.is_metadata:
        assert len(cube.table()) == len(cube.values)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_a_data_set_or_refused(body: bytes) -> None:
    assert said(lambda: expanded(body))


@given(damage.ODD)
def test_any_json_is_a_data_set_or_refused(document: Any) -> None:
    assert said(lambda: expanded(json.dumps(document).encode()))


@given(st.data(), st.sampled_from(sorted(path.name[:-8] for path in REPLIES.glob("*.json.gz"))))
def test_a_real_reply_with_damaged_bytes_is_read_or_refused(data: st.DataObject, name: str) -> None:
    body = kept(name)
    cut = data.draw(st.integers(0, max(0, len(body) - 4_000)))
    short = body if len(body) < 50_000 else body[:2_000] + body[cut:]
    said(lambda: expanded(damage.in_bytes(data.draw, short)))


@given(st.data(), st.sampled_from(["11118_data", "12134_data", "11118_metadata"]))
def test_a_real_reply_with_parts_changed_is_read_or_refused(data: st.DataObject, name: str) -> None:
    document = damage.several(data.draw, orjson.loads(kept(name)))
    said(lambda: expanded(json.dumps(document).encode()))


# --- StatBank ------------------------------------------------------------------------------


def small_cube() -> dict[str, Any]:
    """An invented reply of table 12134: one contents code, two municipalities, two years."""
    names = {
        "KOKkommuneregion0000": ["1508", "1580"],
        "ContentsCode": ["KOSbruttodriftsi0000"],
        "Tid": ["2024", "2025"],
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "OPPDIKTET",
        "id": list(names),
        "size": [len(codes) for codes in names.values()],
        "dimension": {
            name: {"label": name, "category": {"index": codes, "label": dict.fromkeys(codes, "x")}}
            for name, codes in names.items()
        },
        "value": [1, 2, None, 4],
        "status": {"2": ".."},
    }


@given(st.data())
def test_statbanks_figures_are_read_or_refused(data: st.DataObject) -> None:
    cube = small_cube()
    request = api.data_request(
        "12134",
        [
            {"variableCode": name, "valueCodes": list(cube["dimension"][name]["category"]["index"])}
            for name in cube["id"]
        ],
    )
    body = json.dumps(damage.several(data.draw, cube)).encode()
    said(lambda: statbank.read(ENTRIES, ENTRIES.table_by_id["ssb_12134"], reply(request, body)))


@given(st.data())
def test_a_code_list_is_read_or_refused(data: st.DataObject) -> None:
    body = {"id": "agg_X", "values": [{"code": "K-1508", "valueMap": ["1507", "1508"]}]}
    request = api.codelist_request("agg_X")
    damaged = reply(request, json.dumps(damage.several(data.draw, body)).encode())
    said(lambda: statbank.read(ENTRIES, ENTRIES.table_by_id["ssb_07459"], damaged))


YEARS = [str(year) for year in range(2015, 2027)]
EXPRESSIONS = st.text(max_size=12) | st.lists(
    st.sampled_from(
        [
            "top",
            "bottom",
            "from",
            "to",
            "range",
            "(",
            ")",
            ",",
            "*",
            "?",
            "2024",
            "1",
            "²",
            "٣",
            "9" * 5000,
            "-1",
            " ",
            "\n",
            "\\",
            "[",
            "label:",
            "ẞ",
            "İ",
        ]
    ),
    max_size=6,
).map("".join)


@given(st.lists(EXPRESSIONS, max_size=3), st.booleans())
def test_any_selection_chooses_codes_that_there_are_or_is_refused(
    expressions: list[str], newest_first: bool
) -> None:
    def chosen() -> None:
        assert set(selection.select(expressions, YEARS, newest_first=newest_first)) <= set(YEARS)

    said(chosen)


# --- registers -----------------------------------------------------------------------------

_BLOCK = {"size": 1000, "totalElements": 1, "totalPages": 1, "number": 0, "currentPage": 0}
_ROLE = {
    "type": {"kode": "DTPR"},
    "enhet": {
        "organisasjonsnummer": "000000124",
        "navn": ["OPPDIKTET"],
        "organisasjonsform": {"kode": "KOMM"},
    },
    "ansvarsandel": "33,21 %",
    "fratraadt": False,
}
_ROLES = [
    {
        "organisasjonsnummer": "000000132",
        "rollegrupper": [{"type": {"kode": "DELT"}, "sistEndret": "2026-01-15", "roller": [_ROLE]}],
    }
]
_UNITS = {
    "_embedded": {
        "enheter": [
            {
                "organisasjonsnummer": "000000124",
                "navn": "OPPDIKTET KOMMUNE",
                "organisasjonsform": {"kode": "KOMM"},
                "forretningsadresse": {"kommunenummer": "0301"},
                "vedtektsfestetFormaal": ["IKT"],
                "konkurs": False,
                "underAvvikling": False,
            }
        ]
    },
    "page": _BLOCK,
}
REGISTERS: dict[str, tuple[str, Request, Any]] = {
    "codes": (
        "klass_131",
        klass.codes_at_request(131, TODAY),
        {"codes": [{"code": "0301", "name": "Oslo"}]},
    ),
    "changes": (
        "klass_131",
        klass.changes_request(131, date(1838, 1, 1), TODAY),
        {
            "codeChanges": [
                {
                    "oldCode": "1507",
                    "oldName": "Ålesund",
                    "newCode": "1580",
                    "newName": "Haram",
                    "changeOccurred": "2024-01-01",
                }
            ]
        },
    ),
    "classes": (
        "klass_128",
        klass.corresponds_request(131, 128, date(2020, 1, 1), TODAY),
        {
            "correspondenceItems": [
                {
                    "sourceCode": "0301",
                    "targetCode": "1",
                    "targetName": "OPPDIKTET",
                    "validFrom": "2020-01-01",
                    "validTo": None,
                }
            ]
        },
    ),
    "statements": (
        "uutilsynet_statements",
        uutilsynet.page_request(0),
        {
            "_embedded": {
                "dataElements": [
                    {
                        "organisasjonsnummer": "099999999",
                        "iktLoeysingNamn": "OPPDIKTET",
                        "erklaeringsAdresse": "https://example.org/0/",
                        "sisteOppdatering": "2025-02-13T09:10:11",
                        "talBrot": 14,
                        "talSamsvar": 34,
                        "talIkkjeRelevant": 0,
                    }
                ]
            },
            "page": _BLOCK,
        },
    ),
    "data sets": (
        "datanorge_data_sets",
        datanorge.search_request(0),
        {
            "hits": [{"id": "1", "organization": {"orgPath": "/KOMMUNE/000000124"}}],
            "page": _BLOCK,
        },
    ),
    "units": ("enhetsregisteret", brreg.units_request(0), _UNITS),
    "roles": ("enhetsregisteret", brreg.roles_request(), _ROLES),
}
READERS = {
    "klass": klass.read,
    "uutilsynet": uutilsynet.read,
    "datanorge": datanorge.read,
    "brreg": brreg.read,
}


def read_register(name: str, body: bytes) -> Frames:
    table_id, request, _ = REGISTERS[name]
    table = ENTRIES.table_by_id[table_id]
    return READERS[table.kind](ENTRIES, table, reply(request, body))


@pytest.mark.parametrize("name", REGISTERS)
def test_a_registers_reply_that_is_whole_is_read(name: str) -> None:
    frames = read_register(name, json.dumps(REGISTERS[name][2]).encode())
    assert sum(len(rows) for rows in frames.values()) == 1


@given(st.data(), st.sampled_from(sorted(REGISTERS)))
def test_a_registers_reply_is_read_or_refused(data: st.DataObject, name: str) -> None:
    whole = json.loads(json.dumps(REGISTERS[name][2]))
    body = json.dumps(damage.several(data.draw, whole)).encode()
    said(lambda: read_register(name, body))


@given(st.binary(max_size=60) | damage.ODD.map(lambda said: json.dumps(said).encode()))
def test_any_reply_of_a_register_is_read_or_refused(body: bytes) -> None:
    for name in REGISTERS:
        said(lambda name=name: read_register(name, body))  # type: ignore[misc]


@given(st.data())
def test_what_is_kept_of_the_roles_is_an_extract_or_a_sentence(data: st.DataObject) -> None:
    extract = Extract("extract without persons", brreg.roles_without_persons)
    body = json.dumps(damage.several(data.draw, json.loads(json.dumps(_ROLES)))).encode()
    packed = gzip.compress(body) if data.draw(st.booleans()) else body
    sent = damage.in_bytes(data.draw, packed) if data.draw(st.booleans()) else packed
    told = said(lambda: extract.of(brreg.roles_request(), sent))
    assert "OPPDIKTET" not in told


# --- files ---------------------------------------------------------------------------------


def resolve(names: Any, _on: date) -> list[str | Exception]:
    codes = {name.lower(): code for code, name in PLACES.items()}
    return [codes.get(name.lower(), ValueError(f"'{name}' is not known")) for name, _ in names]


def codes_named(name: str) -> frozenset[str]:
    return frozenset(code for code, found in PLACES.items() if found.lower() == name.lower())


KNOWN = Known(resolve, lambda _year: frozenset(PLACES), codes_named, lambda *_: True, TODAY)
TABLES = [
    "kommunenr;år;poeng\n0301;2024;3,5\n0301;2025;4,25\n1508;2024;1\n1508;2025;..\n",
    "Kommune,2024,2025\nOslo,1.5,2\nHaram,,3\n",
    '"Kommune"\t"Fylke"\t"Tid"\t"Verdi"\nOslo\tOslo\t2024\t1 000\nBergen\tVestland\t2024\t12 %\n',
]
PIECES = st.text(max_size=6) | st.sampled_from(
    [
        '"',
        '""',
        ";",
        ",",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\x00",
        "0301",
        "2024",
        "1e999",
        "-",
        "=1+1",
        "−",
        "\ufeff",
        "９",
        "kommunenr",
        "år",
        "1,5",
        "1.5",
        "9" * 400,
        "\u2028",
    ]
)


def added(content: bytes, **wishes: Any) -> None:
    """What `digidistrikt add` does with a file, up to its figures."""
    found = propose(content, "made_up.csv", Hints(**{"id": "score"} | wishes), KNOWN)
    entries = Catalogue(tables=(found.table,), indicators=found.indicators)
    files.read(entries, found.table, reply(Request("file:made_up.csv"), content), resolve)


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_of_a_file_are_understood_or_refused(content: bytes) -> None:
    said(lambda: added(content))


@given(st.data(), st.sampled_from(TABLES), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_a_damaged_csv_file_is_understood_or_refused(
    data: st.DataObject, table: str, encoding: str
) -> None:
    text = damage.in_text(data.draw, table, PIECES)
    wishes: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {},
                {"period": "2024"},
                {"skip_rows": 1},
                {"has_header": False, "period": "2024"},
                {"skip_rows": -1},
                {"values": ("poeng",)},
                {"id": "0"},
                {"division": 0},
            ]
        )
    )
    said(lambda: added(text.encode(encoding, "replace"), **wishes))


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet: Any = book.active
    for cells in csv.reader(io.StringIO(TABLES[0]), delimiter=";"):
        sheet.append([float(c.replace(",", ".")) if c[:1].isdigit() else c for c in cells])
    sheet["D1"] = "=1+1"
    book.create_sheet("empty")
    book.save(out)
    return out.getvalue()


WORKBOOK = workbook()
XML = PIECES | st.sampled_from(
    [
        "<",
        ">",
        "/",
        '"',
        "&amp;",
        "&x;",
        "<c>",
        "<v>",
        "<row>",
        'r="A1"',
        'r="ZZZ9999999"',
        't="s"',
        't="d"',
        't="e"',
        "<f>1</f>",
        "<sheet/>",
        's="9"',
        "2e400",
        "-1",
        "<is><t>",
        "-99999999",
    ]
)


@given(st.data())
def test_a_damaged_workbook_is_understood_or_refused(data: st.DataObject) -> None:
    content = (
        damage.in_zip(data.draw, WORKBOOK, XML)
        if data.draw(st.booleans())
        else damage.in_bytes(data.draw, WORKBOOK)
    )
    said(lambda: added(content))
    said(lambda: added(content, sheet="Sheet"))


MEMBERS = (
    "network_id,municipality_code,valid_from,valid_to,basis,source_url,source_date\n"
    "digi_x,0301,2020-01-01,,named_in_source,https://example.org,2025-01-01\n"
)


@given(st.data())
def test_a_damaged_register_of_members_is_told_of_by_row(data: st.DataObject) -> None:
    content = damage.in_text(data.draw, MEMBERS, PIECES).encode("utf-8", "replace")
    if data.draw(st.booleans()):
        content = damage.in_bytes(data.draw, content)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "members.csv"
        path.write_bytes(content)
        said(lambda: [str(each) for each in check_membership_file(path, PLACES, ["digi_x"])])


# --- what a person declares ----------------------------------------------------------------

DECLARED = (Path(catalogue.FOLDER) / "digital.yaml").read_text(encoding="utf-8")[:3_000]


@given(st.data())
def test_a_damaged_catalogue_is_read_or_refused(data: st.DataObject) -> None:
    text = damage.in_text(data.draw, DECLARED, damage.YAML)
    with TemporaryDirectory() as folder:
        (Path(folder) / "own.yaml").write_text(text, encoding="utf-8", errors="replace")
        said(lambda: catalogue.load(Path(folder)))


# --- what was found so, one example each ---------------------------------------------------

DEEP = b"[" * 1_000 + b"]" * 1_000


def test_json_deeper_than_python_goes_is_refused() -> None:
    assert "nested too deeply" in said(lambda: expanded(DEEP))
    assert "hundreds of others" in said(lambda: read_register("roles", DEEP))


def test_roles_deeper_than_python_goes_are_refused_and_not_quoted() -> None:
    extract = Extract("extract without persons", brreg.roles_without_persons)
    told = said(lambda: extract.of(brreg.roles_request(), b"[" + DEEP + b"]"))
    assert "not as expected (RecursionError)" in told


def test_a_word_where_an_object_should_be_is_not_kept() -> None:
    unit = {"organisasjonsnummer": "000000124", "forretningsadresse": "c/o OPPDIKTET PERSON"}
    body = json.dumps({"_embedded": {"enheter": [unit, "OPPDIKTET PERSON"]}}).encode()
    assert orjson.loads(brreg.units_without_persons(body)) == {
        "_embedded": {
            "enheter": [{"organisasjonsnummer": "000000124", "forretningsadresse": None}, None]
        }
    }


def test_rows_can_not_be_skipped_backwards() -> None:
    assert "-1 are to be skipped" in said(lambda: added(TABLES[0].encode(), skip_rows=-1))


@pytest.mark.parametrize(
    "part", ["docProps/core.xml", "xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]
)
def test_a_workbook_with_a_part_that_is_not_xml_is_refused(part: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"0" + old.read(name) if name == part else old.read(name))
    assert "can't be read as an Excel workbook" in said(lambda: added(out.getvalue()))


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in itertools.pairwise("abcdefghijklmnopqrstuvw")
)

WIDE = f"a: &a [{'x, ' * 2_000}]\nb:\n- [{'*a, ' * 200}]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "line 2: '*a' stands within another part with a name"),
        ("a: &a [*a]", "line 1: '*a' stands within another part with a name"),
        (WIDE, "with its aliases this has more than 200000 entries; split it"),
        ("[" * 2_000, "line 1: nested too deeply, more than 50 levels"),
        (
            "theme: 2026-13-45\ntables: [{id: a}]",
            "line 2: tables.0.kind: this is missing",
        ),
        ("a: !!int x", "line 1: 'tag:yaml.org,2002:int' is a tag; write the value without it"),
        ("a: !!timestamp x", "is a tag; write the value without it"),
        ("a: !!bool x", "is a tag; write the value without it"),
        ("a: \x07", "control characters are not allowed"),
        ("a: !!python/object/apply:os.getcwd []", "os.getcwd' is a tag; write the value without"),
    ],
    ids=["bomb", "endless", "wide", "deep", "day", "int", "time", "bool", "control", "code"],
)
def test_a_catalogue_that_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert told in said(lambda: catalogue.load(tmp_path))
