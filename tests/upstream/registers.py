"""Registers of bodies: Enhetsregisteret, the accessibility statements, and data.norge.no.

Municipalities and statements are the recorded ones. Companies, persons and data sets are invented
and called so; no invented organisation number can be a real one, which begin with 8 or 9.
"""

import csv
import gzip
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson

from tests.upstream.exchange import Answer, Question, as_json
from tests.upstream.limits import Limits
from tests.upstream.recordings import RECORDED, recorded_marks, recorded_replies
from tests.upstream.tables import INVENTED

Found = dict[str, Any]

MOST_HITS = 10_000
_FORMS = {"KOMM": "Kommune", "IKS": "Interkommunalt selskap"}
# Company -> its owners' municipality numbers, with shares as the register writes them.
_OWNED: dict[str, Mapping[str, str | None]] = {
    "000000019": {"4601": "33,21 %", "4602": "28,5%", "4611": "38,29 %"},
    "000000027": {"1804": "1/3", "1806": "1/3", "1811": "1/3"},
    "000000035": {"5001": "60%", "5006": None},
    "000000060": {"3405": "50 %", "3407": "45 %"},
}
_PURPOSES = {
    "000000019": "drift av IKT",
    "000000027": "innsamling av avfall",
    "000000035": "Selskapet skal levere IT-drift og digitalisering",
    "000000060": "brann og redning",
}
DELETED, REMOVED = "000000043", "000000051"


class Enhetsregisteret:
    """Units, their roles, and the bulk download."""

    root = "https://data.brreg.no/enhetsregisteret/api"

    def answer(self, question: Question) -> Answer:  # noqa: PLR0911 - one an endpoint
        """Search stops at 10 000 hits; a deleted unit answers 404 or 410."""
        match question.steps:
            case ["enheter"]:
                return self._search(question)
            case ["enheter", "lastned"]:
                return _bulk(question, "enhet.v2", list(_units().values()))
            case ["roller", "totalbestand"]:
                return _bulk(question, "rolle.v1", _all_roles())
            case ["enheter", number] if number in _units():
                return as_json(_units()[number])
            case ["enheter", number, "roller"] if number in _units():
                return as_json(_roles(number))
            case ["enheter", str(number), *_] if number == REMOVED:
                return Answer(410)
        return Answer(404)

    def _search(self, question: Question) -> Answer:
        size, page = question.number("size", 20), question.number("page", 0)
        if size * (page + 1) > MOST_HITS:
            return as_json({"status": 400, "feilmelding": "Feilaktig request"}, 400)
        wanted = {
            name: question.parameter(name)
            for name in ("organisasjonsform", "kommunenummer", "navn")
        }
        found = [unit for unit in _units().values() if _fits(unit, wanted)]
        return as_json(_hal(f"{self.root}/enheter", "enheter", found, size, page))


def _bulk(question: Question, kind: str, found: list[Found]) -> Answer:
    """All there is as one gzip file, refused to whoever asks for plain JSON (check)."""
    if question.headers.get("Accept") == "application/json":
        return Answer(406)
    media = f"application/vnd.brreg.enhetsregisteret.{kind}+gzip;charset=UTF-8"
    return Answer(200, gzip.compress(orjson.dumps(found), mtime=0), {"Content-Type": media})


def _fits(unit: Found, wanted: Mapping[str, str | None]) -> bool:
    form, number, name = wanted["organisasjonsform"], wanted["kommunenummer"], wanted["navn"]
    return (
        (not form or unit["organisasjonsform"]["kode"] in form.split(","))
        and (not number or unit["forretningsadresse"]["kommunenummer"] in number.split(","))
        and (not name or name.lower() in unit["navn"].lower())
    )


def _hal(address: str, name: str, found: Sequence[Found], size: int, page: int) -> Found:
    """A page as HAL has it: without hits there is a page block and no `_embedded`."""
    shown = found[page * size : (page + 1) * size]
    return {
        **({"_embedded": {name: shown}} if shown else {}),
        "_links": {"self": {"href": f"{address}?page={page}&size={size}"}},
        "page": {
            "size": size,
            "totalElements": len(found),
            "totalPages": math.ceil(len(found) / size),
            "number": page,
        },
    }


@cache
def _units() -> dict[str, Found]:
    """Units by organisation number: all municipalities, and the invented companies."""
    rows = _municipalities()
    units = {
        row["orgnr"]: _unit(row["orgnr"], row["orgnavn"], "KOMM", code)
        for code, row in rows.items()
    }
    for number, owners in _OWNED.items():
        units[number] = _unit(
            number, f"{INVENTED} SELSKAP {number[-2:]} IKS", "IKS", next(iter(owners))
        )
    return units


def _unit(number: str, name: str, form: str, municipality: str) -> Found:
    return {
        "organisasjonsnummer": number,
        "navn": name,
        "organisasjonsform": {"kode": form, "beskrivelse": _FORMS[form]},
        "forretningsadresse": {
            "land": "Norge",
            "landkode": "NO",
            "adresse": [f"c/o {INVENTED} PERSON 4"],
            "kommunenummer": municipality,
        },
        "epostadresse": f"{INVENTED.lower()}.person@example.org",
        **(
            {
                "vedtektsfestetFormaal": [f"{INVENTED}: {_PURPOSES[number]}"],
                "aktivitet": [f"{INVENTED} virksomhet"],
            }
            if form == "IKS"
            else {}
        ),
        "konkurs": False,
        "underAvvikling": False,
    }


@cache
def _municipalities() -> dict[str, dict[str, str]]:
    path = RECORDED / "files" / "organisation_number_2026-10-08.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["municipality_code"]: row for row in csv.DictReader(file)}


def _roles(number: str) -> Found:
    """The owners of a company beside its persons, who must never be kept."""
    groups = [_group("DAGL", "Daglig leder", [_person(1)])]
    if number in _OWNED:
        owners = [
            _owner(_municipalities()[code], share, place)
            for place, (code, share) in enumerate(_OWNED[number].items())
        ]
        left = _owner(_municipalities()["0301"], "100 %", len(owners)) | {"fratraadt": True}
        groups.append(_group("DELT", "Deltakere", [*owners, left]))
        groups.append(_group("STYR", "Styre", [_person(2), _person(3)]))
    return {"rollegrupper": groups}


def _all_roles() -> list[Found]:
    """The roles of every unit, and of a firm that belongs to a person in two guises."""
    firm = {
        "organisasjonsnummer": "000000108",
        "organisasjonsform": {"kode": "ENK", "beskrivelse": "Enkeltpersonforetak"},
        "erSlettet": False,
    }
    owners = [_person(5), {**_person(6), "enhet": {**firm, "navn": [f"{INVENTED} PERSON 6"]}}]
    of_units = [{"organisasjonsnummer": number, **_roles(number)} for number in _units()]
    return [
        *of_units,
        {
            "organisasjonsnummer": "000000116",
            "rollegrupper": [_group("DELT", "Deltakere", owners)],
        },
    ]


def _group(code: str, meaning: str, roles: list[Found]) -> Found:
    return {
        "type": {"kode": code, "beskrivelse": meaning},
        "sistEndret": "2026-01-15",
        "roller": roles,
    }


def _owner(row: Mapping[str, str], share: str | None, place: int) -> Found:
    return {
        "type": {"kode": "DTPR", "beskrivelse": "Deltaker med proratarisk ansvar"},
        "enhet": {
            "organisasjonsnummer": row["orgnr"],
            "organisasjonsform": {"kode": "KOMM", "beskrivelse": "Kommune"},
            "navn": [row["orgnavn"]],
            "erSlettet": False,
        },
        **({"ansvarsandel": share} if share else {}),
        "fratraadt": False,
        "rekkefolge": place,
    }


def _person(number: int) -> Found:
    return {
        "type": {"kode": "MEDL", "beskrivelse": "Styremedlem"},
        "person": {
            "fodselsdato": "1897-08-13",
            "navn": {"fornavn": INVENTED, "etternavn": f"PERSON {number}"},
            "erDoed": False,
        },
        "fratraadt": False,
        "rekkefolge": number,
    }


class Statements:
    """The accessibility statements, as recorded, in pages of any size."""

    def answer(self, question: Question) -> Answer:
        """It speaks HAL and refuses whoever asks for plain JSON."""
        if question.steps != ["alle-erklaeringer"]:
            return Answer(404)
        if question.headers.get("Accept") == "application/json":
            return Answer(406)
        size, page = question.number("size", 10), question.number("page", 0)
        address = "https://data.uutilsynet.no/dataset/alle-erklaeringer"
        found = _hal(address, "dataElements", _statements(), size, page)
        return as_json(
            found, headers=recorded_marks("alle-erklaeringer"), media="application/hal+json"
        )


@cache
def _statements() -> tuple[Found, ...]:
    pages = recorded_replies("/dataset/alle-erklaeringer")
    return tuple(element for page in pages for element in page["_embedded"]["dataElements"])


class DataNorge:
    """The search of data.norge.no over invented data sets: none, one or two a municipality."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def answer(self, question: Question) -> Answer:
        """POST /search/datasets with filters and pagination."""
        if question.method != "POST" or question.steps != ["search", "datasets"]:
            return Answer(404)
        if not self._limits.searches.lets_in():
            return Answer(429)
        try:
            asked = orjson.loads(question.body)
        except orjson.JSONDecodeError:
            return Answer(400)
        path = asked.get("filters", {}).get("orgPath", {}).get("value", "")
        found = [hit for hit in _data_sets() if f"{_org_path(hit)}/".startswith(f"{path}/")]
        paging = asked.get("pagination", {})
        size, page = paging.get("size", 10), paging.get("page", 0)
        if size * (page + 1) > MOST_HITS:
            return Answer(500)
        shown = found[page * size : (page + 1) * size]
        return as_json(
            {
                "hits": shown,
                "aggregations": {"orgPath": _counted(found)},
                "page": {
                    "currentPage": page,
                    "size": len(shown),
                    "totalElements": len(found),
                    "totalPages": math.ceil(len(found) / size),
                },
            }
        )


def _counted(found: Sequence[Found]) -> list[Found]:
    paths = [_org_path(hit) for hit in found]
    return [{"key": path, "count": paths.count(path)} for path in dict.fromkeys(paths)]


def _org_path(hit: Found) -> str:
    return str(hit["organization"]["orgPath"])


@cache
def _data_sets() -> tuple[Found, ...]:
    """Of municipalities, of an agency of Oslo, and of a state body."""
    of_municipalities = [
        _data_set(row["orgnr"], f"/KOMMUNE/{row['orgnr']}", number)
        for place, row in enumerate(_municipalities().values())
        for number in range(place % 3)
    ]
    oslo = _municipalities()["0301"]["orgnr"]
    return (
        *of_municipalities,
        _data_set("000000086", f"/KOMMUNE/{oslo}/000000086", 0),
        _data_set("000000094", "/STAT/000000094", 0),
    )


def _data_set(publisher: str, path: str, number: int) -> Found:
    return {
        "id": f"{publisher}-{number}",
        "title": {"nb": f"{INVENTED} datasett {number}"},
        "organization": {"id": publisher, "name": f"{INVENTED} {publisher}", "orgPath": path},
        "searchType": "DATASET",
        "isOpenData": number == 0,
    }
