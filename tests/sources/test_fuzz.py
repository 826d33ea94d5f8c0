"""Whatever comes, it is read or refused in a sentence of ours: nothing else is ever raised.

The suite tries the same few hundred each time, `make fuzz` many thousand new ones."""

import gzip
import io
import itertools
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import brreg, catalogue, datanorge, jsonstat, klass, statbank, uutilsynet
from sources.frames import Frames
from sources.http import Extract, Request
from sources.statbank import api, selection
from tests import damage
from tests.sources.read_or_refused import TABLES, TODAY, WORKBOOK, added, reply, said

REPLIES = Path(__file__).parent / "replies"

ENTRIES = catalogue.load()


def kept(name: str) -> bytes:
    return gzip.decompress((REPLIES / f"{name}.json.gz").read_bytes())


# --- JSON-stat ---------------------------------------------------------------------------------


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


# --- StatBank ----------------------------------------------------------------------------------


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


# --- registers ---------------------------------------------------------------------------------

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


# --- what was found so, one example each -------------------------------------------------------

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
