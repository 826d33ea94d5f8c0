"""Whatever comes is read or refused in a sentence: what that is asked of, and how."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl

from common.errors import SourceError
from sources import files
from sources.catalogue import Catalogue
from sources.http import Reply, Request
from sources.infer import Hints, Known, propose

TODAY = date(2026, 6, 1)

PLACES = {"0301": "Oslo", "1508": "Ålesund", "1580": "Haram", "4601": "Bergen - Bjørgvin"}


def reply(request: Request, body: bytes) -> Reply:
    return Reply(request, body, "", datetime(2026, 6, 1, tzinfo=UTC), "invented", TODAY)


def said(read: Callable[[], object]) -> str:
    """The sentence of ours in which something is refused; nothing if it is read."""
    try:
        read()
    except SourceError as error:
        return str(error)
    return ""


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


def added(content: bytes, **wishes: Any) -> None:
    """What `digidistrikt add` does with a file, up to its figures."""
    found = propose(content, "made_up.csv", Hints(**{"id": "score"} | wishes), KNOWN)
    entries = Catalogue(tables=(found.table,), indicators=found.indicators)
    files.read(entries, found.table, reply(Request("file:made_up.csv"), content), resolve)


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
