"""Enhetsregisteret: shares as free text, extracts without persons, companies and owners."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UpstreamError
from sources import brreg, catalogue
from sources.http import Reply, Request, Upstream
from sources.plan import Planned

Towards = Callable[..., Upstream]
ENTRIES = catalogue.load()
TABLE = ENTRIES.table_by_id["enhetsregisteret"]
PERSON = {"fodselsdato": "1897-08-13", "navn": {"fornavn": "OPPDIKTET", "etternavn": "PERSON"}}
MUNICIPALITY = {
    "organisasjonsnummer": "000000124",
    "navn": "OPPDIKTET KOMMUNE",
    "organisasjonsform": {"kode": "KOMM", "beskrivelse": "Kommune"},
    "forretningsadresse": {"kommunenummer": "0301", "adresse": ["c/o OPPDIKTET PERSON"]},
    "epostadresse": "person@example.org",
    "konkurs": False,
    "underAvvikling": False,
}
COMPANY = MUNICIPALITY | {
    "organisasjonsnummer": "000000132",
    "navn": "OPPDIKTET IKS",
    "organisasjonsform": {"kode": "IKS"},
    "vedtektsfestetFormaal": ["Drift av IKT", "for eierne"],
    "aktivitet": ["IKT-drift"],
}


def role(form: str = "KOMM", share: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"organisasjonsnummer": "000000124", "organisasjonsform": {"kode": form}}
    return {
        "type": {"kode": "DTPR"},
        "enhet": {**body, "navn": ["OPPDIKTET", form]},
        "fratraadt": False,
        **({"ansvarsandel": share} if share else {}),
        **more,
    }


def company(*roles: dict[str, Any], group: str = "DELT") -> dict[str, Any]:
    """A company's roles as the bulk has them, with a board of persons."""
    board = {"type": {"kode": "MEDL"}, "person": PERSON, "fratraadt": False}
    return {
        "organisasjonsnummer": "000000132",
        "rollegrupper": [
            {"type": {"kode": "STYR"}, "sistEndret": "2026-01-15", "roller": [board]},
            {"type": {"kode": group}, "sistEndret": "2026-01-15", "roller": list(roles)},
        ],
    }


def units(*given_units: dict[str, Any], **block: int) -> bytes:
    count = len(given_units)
    said = {"size": 1000, "totalElements": count, "totalPages": 1, "number": 0} | block
    return orjson.dumps({"_embedded": {"enheter": list(given_units)}, "page": said, "_links": {}})


def reply(request: Request, body: bytes) -> Reply:
    return Reply(request, body, "application/json", datetime.now(UTC), "invented", date(2026, 6, 1))


def rows(request: Request, body: bytes) -> dict[str, list[dict[str, Any]]]:
    """What is read of an answer from which the persons were dropped."""
    is_roles = request == brreg.roles_request()
    extract = brreg.roles_without_persons if is_roles else brreg.units_without_persons
    frames = brreg.read(ENTRIES, TABLE, reply(request, extract(body)))
    return {name: table.to_pylist() for name, table in frames.items()}


def owners(*roles: dict[str, Any]) -> list[dict[str, Any]]:
    return rows(brreg.roles_request(), orjson.dumps([company(*roles)]))["company_owner"]


# --- shares --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("33,21 %", 33.21),
        ("28,5%", 28.5),
        ("28.5 %", 28.5),
        (" 100 % ", 100.0),
        ("0 %", 0.0),
        ("1/4", 25.0),
        ("3 / 8", 37.5),
        (None, None),
        ("", None),
        ("20", None),  # percent or parts?
        ("1/0", None),
        ("5/4", None),
        ("133 %", None),
        ("ca. 20 %", None),
        ("20 % av 50 %", None),
        ("-5 %", None),
        ("solidarisk", None),
    ],
)
def test_a_share_is_percent_or_a_fraction_and_anything_else_is_not_guessed(
    said: str | None, percent: float | None
) -> None:
    assert brreg.share_pct(said) == percent


@given(st.integers(0, 10_000), st.sampled_from([",", "."]), st.sampled_from(["%", " %", "  % "]))
def test_every_percentage_up_to_100_is_read_however_it_is_spelled(
    hundredths: int, point: str, sign: str
) -> None:
    said = f"{hundredths // 100}{point}{hundredths % 100:02d}{sign}"
    assert brreg.share_pct(said) == pytest.approx(hundredths / 100)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30))
def test_fractions_of_a_whole_add_to_100(parts: list[int]) -> None:
    shares = [brreg.share_pct(f"{part}/{sum(parts)}") for part in parts]
    assert sum(share for share in shares if share is not None) == pytest.approx(100)


@given(st.text())
def test_no_text_breaks_it_and_none_gives_more_than_all(said: str) -> None:
    share = brreg.share_pct(said)
    assert share is None or 0 <= share <= 100


# --- without persons -----------------------------------------------------------------------

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.just("OPPDIKTET PERSON"),
    lambda within: (
        st.lists(within, max_size=3)
        | st.dictionaries(st.sampled_from(["navn", "kode", "person", "ny"]), within, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcde", min_size=1), _ANYTHING))
def test_a_field_nobody_named_is_never_kept(unknown: dict[str, Any]) -> None:
    """Whatever the register adds one day, at whatever depth."""
    plain = units(COMPANY)
    body = units(COMPANY | unknown | {"forretningsadresse": {"kommunenummer": "0301"} | unknown})
    assert brreg.units_without_persons(body) == brreg.units_without_persons(plain)
    odd = company(role() | unknown | {"person": PERSON})
    kept = brreg.roles_without_persons(orjson.dumps([odd]))
    assert kept == brreg.roles_without_persons(orjson.dumps([company(role())]))
    assert b"PERSON" not in brreg.units_without_persons(body) + kept


@pytest.mark.parametrize(
    "held",
    [
        {"type": {"kode": "DTPR"}, "person": PERSON, "fratraadt": False, "ansvarsandel": "50 %"},
        role("ENK", "50 %"),
        role("AS", "50 %"),
        {"type": {"kode": "DTPR"}, "enhet": None, "person": PERSON, "fratraadt": False},
    ],
)
def test_of_owners_only_public_bodies_are_kept(held: dict[str, Any]) -> None:
    assert brreg.roles_without_persons(orjson.dumps([company(held)])) == b"[]"
    [kept] = json.loads(brreg.roles_without_persons(orjson.dumps([company(held, role())])))
    [group] = kept["rollegrupper"]
    assert [owner["enhet"]["organisasjonsform"]["kode"] for owner in group["roller"]] == ["KOMM"]


def test_other_groups_of_roles_are_dropped_even_where_a_public_body_holds_them() -> None:
    body = orjson.dumps([company(role(), group="REVI")])
    assert brreg.roles_without_persons(body) == b"[]"


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["packed", "plain"])
def test_the_bulk_is_read_packed_or_not(pack: Callable[[bytes], bytes]) -> None:
    body = orjson.dumps([company(role(share="1/2")), company(), company(role(share="7 %"))])
    kept = json.loads(brreg.roles_without_persons(pack(body)))
    said = [one["rollegrupper"][0]["roller"][0]["ansvarsandel"] for one in kept]
    assert said == ["1/2", "7 %"]


class Dripping(io.StringIO):
    """A text that comes a few signs at a time."""

    def __init__(self, text: str, at_a_time: int) -> None:
        super().__init__(text)
        self._at_a_time = at_a_time

    def read(self, _size: int | None = -1) -> str:
        return super().read(self._at_a_time)


@given(
    st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()))),
    st.integers(1, 50),
    st.sampled_from([None, 1]),
)
def test_a_list_is_read_object_by_object_wherever_its_pieces_break(
    objects: list[dict[str, Any]], at_a_time: int, indent: int | None
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=False)
    assert list(brreg._objects(Dripping(text, at_a_time))) == objects


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>OPPDIKTET PERSON</html>",
        b'[{"organisasjonsnummer": "000000132", "rollegrupper": [{"roller": "OPPDIKTET PERSON"}]}]',
        orjson.dumps([company(role())])[:-9],
        gzip.compress(orjson.dumps([company(role())]), mtime=0)[:-9],
        b"[1, 2]",
    ],
)
def test_a_bulk_that_is_not_as_expected_is_refused_and_nothing_of_it_is_quoted(
    server: Any, towards: Towards, body: bytes
) -> None:
    server.says(body)
    with pytest.raises(UpstreamError, match=r"totalbestand: .* no extract without per") as caught:
        brreg.fetch(ENTRIES, Planned(brreg.roles_request(), TABLE.id), towards())
    assert "PERSON" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_not_even_the_session_remembers_what_was_dropped(server: Any, towards: Towards) -> None:
    server.says(json.loads(units(MUNICIPALITY)))
    session = towards()
    got = brreg.fetch(ENTRIES, Planned(brreg.units_request(0), TABLE.id), session)
    assert b"OPPDIKTET KOMMUNE" in got.content
    assert [known.content for known in session.answered] == [got.content]
    assert b"PERSON" not in got.content.upper()
    assert "extract without persons, made on arrival of" in str(got.provenance)


# --- asking and reading --------------------------------------------------------------------


def test_two_calls_bring_all_municipalities_companies_and_owners(
    server: Any, towards: Towards
) -> None:
    server.says(json.loads(units(MUNICIPALITY, COMPANY)))
    planned = brreg.plan(ENTRIES, TABLE, towards())
    assert [each.request.address for each in planned] == [
        f"{brreg.BASE}/enheter?organisasjonsform=KOMM%2CIKS&page=0&size=1000",
        f"{brreg.BASE}/roller/totalbestand",
    ]
    assert len(server.asked) == 1


def test_a_register_that_says_it_is_empty_is_not_believed(server: Any, towards: Towards) -> None:
    server.says({"page": {"size": 1000, "totalElements": 0, "totalPages": 0, "number": 0}})
    with pytest.raises(UpstreamError, match="nothing at all"):
        brreg.plan(ENTRIES, TABLE, towards())


def test_a_municipality_is_known_by_the_number_in_its_address() -> None:
    read = rows(brreg.units_request(0), units(MUNICIPALITY, COMPANY))
    [organisation] = read["organisation"]
    assert organisation["organisation_number"] == "000000124"
    assert (organisation["municipality_code"], organisation["name"]) == (
        "0301",
        "OPPDIKTET KOMMUNE",
    )
    [found] = read["company"]
    assert found["purpose"] == "Drift av IKT for eierne IKT-drift"
    assert (found["legal_form"], found["is_ending"]) == ("IKS", False)


def test_a_company_may_have_neither_address_nor_purpose() -> None:
    bare = {key: COMPANY[key] for key in ("organisasjonsnummer", "navn", "organisasjonsform")}
    [found] = rows(
        brreg.units_request(0), units(bare | {"konkurs": True, "underAvvikling": False})
    )["company"]
    assert (found["municipality_code"], found["purpose"], found["is_ending"]) == (None, None, True)


@pytest.mark.parametrize("lost", ["forretningsadresse", "organisasjonsform", "konkurs"])
def test_a_municipality_that_lost_a_field_is_refused(lost: str) -> None:
    body = units({key: value for key, value in MUNICIPALITY.items() if key != lost})
    with pytest.raises(UpstreamError, match=r"an entry of '_embedded\.enheter' is not as"):
        rows(brreg.units_request(0), body)


def test_a_page_with_other_units_than_it_says_is_refused() -> None:
    with pytest.raises(UpstreamError, match="page 0 should have 2 units and has 1"):
        rows(brreg.units_request(0), units(COMPANY, totalElements=2))


def test_an_owner_has_its_share_in_the_registers_words_and_in_percent() -> None:
    found = owners(role(share="33,21 %"), role("FYLK", "etter avtale"), role("IKS"))
    assert [(row["position"], row["share_text"], row["share_pct"]) for row in found] == [
        (1, "33,21 %", 33.21),
        (2, "etter avtale", None),
        (3, None, None),
    ]
    assert found[1]["owner_name"] == "OPPDIKTET FYLK"
    assert {row["changed_on"] for row in found} == {date(2026, 1, 15)}


def test_an_owner_who_has_left_is_no_owner() -> None:
    assert len(owners(role(share="50 %"), role(share="50 %", fratraadt=True))) == 1


@pytest.mark.parametrize("word", ["fratraadt", "avregistrert"])
def test_the_register_says_in_its_old_and_its_new_word_who_has_left(word: str) -> None:
    roles = [role(share="50 %"), role(share="50 %")]
    for each, left in zip(roles, (False, True), strict=True):
        del each["fratraadt"]
        each[word] = left
    assert [row["position"] for row in owners(*roles)] == [1]


def test_the_reviewed_list_names_its_sources_and_stands_in_no_other_order() -> None:
    path = Path(brreg.__file__).parent / "networks" / "ict_company.csv"
    numbers = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert numbers == sorted(set(numbers))
