"""What the tests of files are made with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from common.errors import InputError
from sources import files
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
