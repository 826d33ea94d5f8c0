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
from tests.upstream.tables import INVENTED, RECORDED, recorded_marks, recorded_replies

Found = dict[str, Any]

MOST_HITS = 10_000
_FORMS = {"KOMM": "Kommune", "IKS": "Interkommunalt selskap"}
# Company -> its owners' municipality numbers, with shares as the register writes them.
_OWNED: dict[str, Mapping[str, str | None]] = {
    "000000019": {"4601": "33,21 %", "4602": "28,5%", "4611": "38,29 %"},
    "000000027": {"1804": "1/3", "1806": "1/3", "1811": "1/3"},
    "000000035": {"5001": "60%", "5006": None},
}
DELETED, REMOVED = "000000043", "000000051"


class Enhetsregisteret:
    """Units, their roles, and the bulk download."""

    root = "https://data.brreg.no/enhetsregisteret/api"

    def answer(self, question: Question) -> Answer:
        """Search stops at 10 000 hits; a deleted unit answers 404 or 410."""
        match question.steps:
            case ["enheter"]:
                return self._search(question)
            case ["enheter", "lastned"]:
                body = gzip.compress(orjson.dumps(list(_units().values())), mtime=0)
                return Answer(200, body, {"Content-Type": "application/gzip"})
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
            number, f"{INVENTED} IKT {number[-2:]} IKS", "IKS", next(iter(owners))
        )
    return units


def _unit(number: str, name: str, form: str, municipality: str) -> Found:
    return {
        "organisasjonsnummer": number,
        "navn": name,
        "organisasjonsform": {"kode": form, "beskrivelse": _FORMS[form]},
        "forretningsadresse": {"land": "Norge", "landkode": "NO", "kommunenummer": municipality},
        **({"vedtektsfestetFormaal": [f"{INVENTED} drift av IKT"]} if form == "IKS" else {}),
        "konkurs": False,
        "underAvvikling": False,
    }


@cache
def _municipalities() -> dict[str, dict[str, str]]:
    path = RECORDED / "files" / "organisation_number_2024.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["kommunenummer_2024"]: row for row in csv.DictReader(file)}


def _roles(number: str) -> Found:
    """The owners of a company beside its persons, who must never be kept."""
    groups = [_group("DAGL", "Daglig leder", [_person(1)])]
    if number in _OWNED:
        owners = [
            _owner(_municipalities()[code], share, place)
            for place, (code, share) in enumerate(_OWNED[number].items())
        ]
        groups.append(_group("DELT", "Deltakere", owners))
        groups.append(_group("STYR", "Styre", [_person(2), _person(3)]))
    return {"rollegrupper": groups}


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
            "fodselsdato": "1900-01-01",
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
        found = [hit for hit in _data_sets() if hit["organization"]["orgPath"].startswith(path)]
        paging = asked.get("pagination", {})
        size, page = paging.get("size", 10), paging.get("page", 0)
        return as_json(
            {
                "hits": found[page * size : (page + 1) * size],
                "aggregations": {"orgPath": _counted(found)},
                "page": {
                    "currentPage": page,
                    "size": size,
                    "totalElements": len(found),
                    "totalPages": math.ceil(len(found) / size),
                },
            }
        )


def _counted(found: Sequence[Found]) -> list[Found]:
    paths = [hit["organization"]["orgPath"] for hit in found]
    return [{"key": path, "count": paths.count(path)} for path in dict.fromkeys(paths)]


@cache
def _data_sets() -> tuple[Found, ...]:
    return tuple(
        _data_set(row, number)
        for place, row in enumerate(_municipalities().values())
        for number in range(place % 3)
    )


def _data_set(row: Mapping[str, str], number: int) -> Found:
    return {
        "id": f"{row['orgnr']}-{number}",
        "title": {"nb": f"{INVENTED} datasett {number}"},
        "organization": {
            "id": row["orgnr"],
            "name": row["orgnavn"],
            "orgPath": f"/KOMMUNE/{row['orgnr']}",
        },
        "searchType": "DATASET",
        "isOpenData": True,
    }
