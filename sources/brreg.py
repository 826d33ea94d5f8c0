"""Enhetsregisteret: organisation numbers of municipalities, and who owns inter-municipal companies.

Two requests bring it all: one search for municipalities and inter-municipal companies, and the
bulk of all roles in the country.

The register is full of persons: managers, board members, owners of small firms, contact addresses.
They are dropped on arrival, in memory, before the answer becomes a reply that anything could keep:
of an answer the fields named here are kept, and nothing else. So the reply in the store is an
extract in the publisher's own shape, and its provenance says so.
"""

import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from sources import paging, service
from sources.catalogue import Catalogue, Table
from sources.frames import Frames, frame
from sources.http import Extract, Reply, Request, Upstream
from sources.plan import Planned

# as of other services that answer in JSON
questions, shape = service.no_questions, service.shape

BASE = "https://data.brreg.no/enhetsregisteret/api"
MUNICIPALITY, COMPANY = "KOMM", "IKS"
PAGE_SIZE = 1000

OWNERS = "DELT"
"""The group of roles that are shares in a company. The other groups are held by persons."""

PUBLIC_FORMS = frozenset({"KOMM", "FYLK", "IKS", "KF", "FKF", "STAT", "ORGL", "SÆR"})
"""Legal forms of owners that are public bodies; others may be a person in the guise of a firm."""

Kept = Mapping[str, "Kept"]
"""What is kept of an object: its keys by name, each with what is kept within."""

_CODE: Kept = {"kode": {}}
_UNITS: Kept = {
    "page": {"size": {}, "totalElements": {}, "totalPages": {}, "number": {}},
    "_embedded": {
        "enheter": {
            "organisasjonsnummer": {},
            "navn": {},
            "organisasjonsform": _CODE,
            "forretningsadresse": {"kommunenummer": {}},
            "vedtektsfestetFormaal": {},
            "aktivitet": {},
            "konkurs": {},
            "underAvvikling": {},
        }
    },
}
_GROUP: Kept = {
    "type": _CODE,
    "sistEndret": {},
    "roller": {
        "type": _CODE,
        "enhet": {"organisasjonsnummer": {}, "navn": {}, "organisasjonsform": _CODE},
        "ansvarsandel": {},
        "avregistrert": {},
        "fratraadt": {},
    },
}

_PIECE, _LONGEST, _BETWEEN = 1 << 20, 1 << 26, ", \n\r\t"
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_FRACTION = re.compile(r"(\d+)\s*/\s*(\d+)")


def units_request(page: int) -> Request:
    """The question for a page of municipalities and inter-municipal companies."""
    asked = {"organisasjonsform": f"{MUNICIPALITY},{COMPANY}", "size": str(PAGE_SIZE)}
    return Request(f"{BASE}/enheter", asked | {"page": str(page)})


def roles_request() -> Request:
    """The question for every role in the register: one gzip file, refused to who asks for JSON."""
    return Request(f"{BASE}/roller/totalbestand", accept="*/*")


def plan(_catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """The pages of units, as yet one, and the bulk of roles."""
    pages = paging.pages(_fetch(units_request(0), upstream))
    requests = [*(units_request(number) for number in range(pages)), roles_request()]
    return [Planned(request, table.id, division="current") for request in requests]


def fetch(
    _catalogue: Catalogue, planned: Planned, upstream: Upstream, _added_files: Path | None = None
) -> Reply:
    """The answer without its persons. Raises UpstreamError."""
    return _fetch(planned.request, upstream)


def _fetch(request: Request, upstream: Upstream) -> Reply:
    keep = roles_without_persons if request == roles_request() else units_without_persons
    return upstream.fetch(request, extract=Extract("extract without persons", keep))


def read(_catalogue: Catalogue, _table: Table, reply: Reply, _resolve: object = None) -> Frames:
    """A reply as `organisation` and `company` rows, or as `company_owner` rows.

    Raises UpstreamError for a reply that is not as expected.
    """
    if reply.request == roles_request():
        return {"company_owner": frame("company_owner", _owners(reply))}
    units = reply.entries(lambda given: _unit(given, reply), "_embedded", "enheter")
    paging.require_whole(reply, len(units), "units")
    return {
        name: frame(name, [unit for unit in units if unit["legal_form"] == form])
        for name, form in (("organisation", MUNICIPALITY), ("company", COMPANY))
    }


def share_pct(text: str | None) -> float | None:
    """A share in percent from the register's free text: `33,21 %`, `28,5%` or `1/3`.

    None where nothing is said, or something that is none of these: a bare number could be either.
    """
    text = (text or "").strip()
    if percent := _PERCENT.fullmatch(text):
        share = float(percent[1].replace(",", "."))
    elif (fraction := _FRACTION.fullmatch(text)) and int(fraction[2]):
        share = 100 * int(fraction[1]) / int(fraction[2])
    else:
        return None
    return share if share <= 100 else None


# --- before anything is kept ---------------------------------------------------------------


def units_without_persons(body: bytes) -> bytes:
    """A page of units with what is public of them: no contact addresses, no names of streets.

    Raises ValueError if it is not JSON.
    """
    return orjson.dumps(_kept(orjson.loads(body), _UNITS))


def roles_without_persons(body: bytes) -> bytes:
    """Of all roles those of public bodies that own a part of a company.

    The file is unpacked and read piece by piece: it is some hundred times what is kept of it.
    Raises ValueError, or OSError for a broken gzip file.
    """
    packed = body[:2] == b"\x1f\x8b"
    stream = gzip.GzipFile(fileobj=io.BytesIO(body)) if packed else io.BytesIO(body)
    companies = [
        {"organisasjonsnummer": company["organisasjonsnummer"], "rollegrupper": groups}
        for company in _objects(io.TextIOWrapper(stream, encoding="utf-8"))
        if (groups := list(_owner_groups(company)))
    ]
    return orjson.dumps(companies)


def _owner_groups(company: Mapping[str, Any]) -> Iterator[Any]:
    for group in company.get("rollegrupper", []):
        if group["type"]["kode"] == OWNERS:
            owners = [role for role in group["roller"] if _is_public(role)]
            if owners:
                yield _kept({**group, "roller": owners}, _GROUP)


def _is_public(role: Mapping[str, Any]) -> bool:
    body = role.get("enhet") or {"organisasjonsform": {"kode": "a person"}}
    return body["organisasjonsform"]["kode"] in PUBLIC_FORMS


def _kept(given: Any, within: Kept) -> Any:
    """The named parts of a value; of an object where none is named, nothing.

    Nothing either of a word or number where an object with named parts should be.
    """
    if isinstance(given, list):
        return [_kept(item, within) for item in given]
    if isinstance(given, dict):
        return {key: _kept(given[key], below) for key, below in within.items() if key in given}
    return None if within else given


def _objects(text: io.TextIOBase) -> Iterator[dict[str, Any]]:
    """The objects of one long JSON list, without holding the list. Raises ValueError."""
    decoder = json.JSONDecoder()
    ahead = text.read(_PIECE).lstrip()
    if not ahead.startswith("["):
        raise ValueError("not a JSON list")
    at = 1
    while True:
        while ahead[at : at + 1] in _BETWEEN and at < len(ahead):
            at += 1
        if ahead.startswith("]", at):
            return
        try:
            found, at = decoder.raw_decode(ahead, at)
        except ValueError:
            piece = text.read(_PIECE)
            if not piece or len(ahead) > _LONGEST:
                raise ValueError("a JSON list that breaks off") from None
            ahead, at = ahead[at:] + piece, 0
        else:
            yield found


# --- after ---------------------------------------------------------------------------------


def _unit(given: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """A unit. A municipality is known by the number in its address, never by its name."""
    form = given["organisasjonsform"]["kode"]
    code = given.get("forretningsadresse", {}).get("kommunenummer")
    if form == MUNICIPALITY and not code:
        raise ValueError("a municipality without its number")
    sentences = [*given.get("vedtektsfestetFormaal", []), *given.get("aktivitet", [])]
    return {
        "organisation_number": given["organisasjonsnummer"],
        "name": given["navn"],
        "legal_form": form,
        "municipality_code": code,
        "purpose": " ".join(sentences) or None,
        "is_ending": given["konkurs"] or given["underAvvikling"],
        "reply_id": reply.reply_id,
    }


def _owners(reply: Reply) -> list[dict[str, Any]]:
    """The owners of every company, those who have left not counted."""
    companies = reply.entries(lambda company: list(_owners_of(company, reply)))
    return [owner for owners in companies for owner in owners]


def _owners_of(company: dict[str, Any], reply: Reply) -> Iterator[dict[str, Any]]:
    roles = [(group, role) for group in company["rollegrupper"] for role in group["roller"]]
    for position, (group, role) in enumerate(roles, start=1):
        if _has_left(role):
            continue
        share = role.get("ansvarsandel")
        yield {
            "organisation_number": company["organisasjonsnummer"],
            "position": position,
            "owner_number": role["enhet"]["organisasjonsnummer"],
            "owner_name": " ".join(role["enhet"]["navn"]),
            "owner_form": role["enhet"]["organisasjonsform"]["kode"],
            "liability": role["type"]["kode"],
            "share_text": share,
            "share_pct": share_pct(share),
            "changed_on": _day(group.get("sistEndret")),
            "reply_id": reply.reply_id,
        }


def _has_left(role: dict[str, Any]) -> bool:
    """Whether a role is over: `avregistrert` since June 2026, `fratraadt` before."""
    return bool(role["avregistrert"] if "avregistrert" in role else role["fratraadt"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
