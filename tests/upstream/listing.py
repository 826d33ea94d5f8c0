"""StatBank's list of tables: what a Lucene query finds, and page by page.

Of Lucene's language only what is documented for this use is understood: words (any of them is
enough), `title:word`, `updated:[20260301 TO 20260331]`, and `AND` between clauses.
"""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.upstream.dataset import ROOT, SOURCE, link
from tests.upstream.exchange import Question
from tests.upstream.selection import Refused
from tests.upstream.tables import Table

PAGE_SIZE = 20
_UPDATED = re.compile(r"updated:\[(\d+) TO (\d+)\]")
_TIME_UNITS = {"": "Annual", "M": "Monthly", "K": "Quarterly", "U": "Weekly"}


def page(tables: Iterable[Table], question: Question, now: datetime) -> dict[str, Any]:
    """One page of the tables found. Raises Refused for a page past the end."""
    found = [entry(table) for table in tables if _matches(table, question, now)]
    size = question.number("pageSize", PAGE_SIZE) or PAGE_SIZE
    number = question.number("pageNumber", 1) or 1
    pages = math.ceil(len(found) / size)
    if pages and number > pages:
        title = "Non-existent page"
        raise Refused(title, status=404, http_status=404, detail=title)
    start = (number - 1) * size
    return {
        "language": "no",
        "tables": found[start : start + size],
        "page": {
            "pageNumber": number,
            "pageSize": size,
            "totalElements": len(found),
            "totalPages": pages,
            "links": _links(number, pages, size),
        },
        "links": [_page_link("self", number, size)],
    }


def entry(table: Table) -> dict[str, Any]:
    """A table as the list shows it."""
    here = f"{ROOT}/tables/{table.number}"
    return {
        "id": table.number,
        "label": f"{table.label} {table.periods[0]}-{table.periods[-1]}",
        "description": "",
        "updated": table.updated,
        "firstPeriod": table.periods[0],
        "lastPeriod": table.periods[-1],
        "category": "public",
        "variableNames": [dimension.label for dimension in table.dimensions],
        **({"discontinued": True} if table.discontinued else {}),
        "source": SOURCE,
        "subjectCode": "os",
        "timeUnit": _TIME_UNITS.get(re.sub(r"\d", "", table.periods[0]), "Other"),
        "paths": [[{"id": "os", "label": "Offentlig sektor"}]],
        "links": [
            link("self", f"{here}?lang=no"),
            link("metadata", f"{here}/metadata?lang=no"),
            link("data", f"{here}/data?lang=no&outputFormat=json-stat2"),
        ],
    }


def _matches(table: Table, question: Question, now: datetime) -> bool:
    if table.discontinued and question.parameter("includeDiscontinued") != "true":
        return False
    if days := question.number("pastDays", 0):
        since = now - timedelta(days=days)
        if not table.updated or datetime.fromisoformat(table.updated) < since:
            return False
    clauses = (question.parameter("query") or "").split(" AND ")
    return all(_holds(clause.strip(), table) for clause in clauses)


def _holds(clause: str, table: Table) -> bool:
    if found := _UPDATED.fullmatch(clause):
        updated = re.sub(r"\D", "", table.updated or "")[: len(found[1])]
        return bool(updated) and found[1] <= updated <= found[2]
    label = table.label.lower()
    words = [word.removeprefix("title:").strip('"') for word in clause.lower().split()]
    return not words or any(word in label for word in words)


def _links(number: int, pages: int, size: int) -> list[dict[str, str]]:
    if number >= pages:
        return []
    return [_page_link("next", number + 1, size), _page_link("last", pages, size)]


def _page_link(rel: str, number: int, size: int) -> dict[str, str]:
    return link(rel, f"{ROOT}/tables/?lang=no&pagesize={size}&pageNumber={number}")


def now() -> datetime:
    """The service's clock."""
    return datetime.now(UTC)
