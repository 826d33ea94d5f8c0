"""StatBank through PxWebApi 2: its endpoints, refusals and limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Any

import orjson

from tests.upstream import catalogued, dataset, listing
from tests.upstream.exchange import Answer, Question, as_json, as_page
from tests.upstream.limits import Limits
from tests.upstream.selection import BrokenError, Refused, choose, no_such_value
from tests.upstream.tables import CONTENTS, TIME, Codelist, Dimension, Table, Value


@dataclass(frozen=True)
class Wish:
    """What is asked of one dimension."""

    dimension: str
    codes: list[str]
    codelist: str | None = None


class PxWeb:
    """The service over its tables, which may be changed while it runs."""

    def __init__(
        self,
        limits: Limits,
        tables: Iterable[Table] | None = None,
        clock: Callable[[], datetime] = listing.now,
    ) -> None:
        served = catalogued.tables().values() if tables is None else tables
        self.tables = {table.number: table for table in served}
        self.limits = limits
        self.clock = clock

    def publish(self, table: Table) -> None:
        """A new table, or a new state of one."""
        self.tables[table.number] = table

    def answer(self, question: Question) -> Answer:
        """The answer of the service, within its limits."""
        if question.method == "GET" and len(question.address) > self.limits.address:
            return as_page("404 - File or directory not found.", 404)
        window = self.limits.statbank
        policy = {"x-ratelimit-policy": f"{window.requests};w={window.seconds:.0f}s"}
        if not window.lets_in():
            return Answer(429, headers=policy | {"x-ratelimit-remaining": "0"})
        answer = self._answer(question)
        left = policy | {"x-ratelimit-remaining": str(window.remaining)}
        return Answer(answer.status, answer.body, {**answer.headers, **left})

    def _answer(self, question: Question) -> Answer:  # noqa: PLR0911 - one for each endpoint
        language = "en" if question.parameter("lang") == "en" else "no"
        try:
            match question.method, question.steps:
                case "GET", ["config"]:
                    return as_json(self._config())
                case "GET", ["tables"]:
                    tables = [each.in_language(language) for each in self.tables.values()]
                    return as_json(listing.page(tables, question, self.clock()))
                case "GET", ["tables", number]:
                    found = self._table(number, 404).in_language(language)
                    return as_json({"language": language, **listing.entry(found)})
                case "GET", ["tables", number, "metadata"]:
                    return self._metadata(self._table(number, 404).in_language(language), question)
                case (("GET" | "POST"), ["tables", number, "data"]):
                    return self._data(self._table(number, 400).in_language(language), question)
                case "GET", ["codelists", name]:
                    return self._codelist(name)
        except Refused as refused:
            return refused.answer()
        except BrokenError:
            return Answer(500)
        return Answer(404)

    def _config(self) -> dict[str, Any]:
        """Calls are limited by what stands before the service, so it says zero: not used."""
        return {
            "apiVersion": "2.0.0",
            "appVersion": "2.0.1+build.10",
            "languages": [{"id": "no", "label": "Norsk"}, {"id": "en", "label": "English"}],
            "defaultLanguage": "no",
            "maxDataCells": self.limits.cells,
            "maxCallsPerTimeWindow": 0,
            "timeWindow": 0,
            "license": "https://www.ssb.no/en/diverse/lisens",
            "sourceReferences": [{"language": "no", "text": "Kilde: Statistisk sentralbyrå"}],
            "defaultDataFormat": "json-stat2",
            "dataFormats": ["json-stat2"],
            "features": [],
        }

    def _table(self, number: str, http_status: int) -> Table:
        """A table; of an unknown one `/data` says 400 above and 404 within."""
        if number not in self.tables:
            raise Refused("Non-existent table", status=404, http_status=http_status)
        return self.tables[number]

    def _metadata(self, table: Table, question: Question) -> Answer:
        used = {}
        for name, identity in _bracketed(question, "codelist").items():
            dimension = _dimension(table, name)
            used[dimension.code] = _used(dimension, identity)
        return as_json(dataset.metadata(table, used), headers=table.came_from)

    def _codelist(self, name: str) -> Answer:
        offered = (
            codelist
            for table in self.tables.values()
            for dimension in table.dimensions
            for codelist in dimension.codelists
        )
        found = next((codelist for codelist in offered if codelist.id == name), None)
        if found is None:
            raise Refused("Non-existent codelist", http_status=404)
        return as_json(dataset.codelist(found))

    def _data(self, table: Table, question: Question) -> Answer:
        if (question.parameter("outputFormat") or "json-stat2") != "json-stat2":
            title = "Unsupported output format"
            raise Refused(title, detail=title)
        wishes, placement = _asked(question)
        chosen = self._chosen(table, wishes or _default_view(table))
        order = _order(table, chosen, placement)
        placed = {code: chosen[code] for code in order}
        cells = table.figures.cells(table, placed)
        return as_json(dataset.data(table, placed, order, cells), headers=table.came_from)

    def _chosen(self, table: Table, wishes: Sequence[Wish]) -> dict[str, list[Value]]:
        """The values of each dimension. Raises Refused in the order in which the service checks."""
        offered = {}
        for wish in wishes:
            dimension = _dimension(table, wish.dimension)
            used = _used(dimension, wish.codelist) if wish.codelist else None
            offered[dimension.code] = (wish, used.values if used else dimension.values)
        for dimension in table.dimensions:
            if dimension.code not in offered and not dimension.elimination:
                raise Refused("Missing selection for mandantory variable")
        chosen = {}
        for code, (wish, values) in offered.items():
            by_code = {value.code: value for value in values}
            codes = choose(wish.codes, list(by_code), is_time=code == TIME)
            if codes:
                chosen[code] = [by_code[name] for name in codes]
            elif not _dimension(table, code).elimination:
                raise Refused("Missing selection for mandantory variable")
        if prod(len(values) for values in chosen.values()) > self.limits.cells:
            raise Refused("Too many cells selected", detail="Too many cells selected")
        return chosen


def _dimension(table: Table, name: str) -> Dimension:
    found = table.dimension(name)
    if found is None:
        raise Refused("Non-existent variable")
    return found


def _used(dimension: Dimension, name: str) -> Codelist:
    """A code list by its id, whose case matters."""
    found = next((codelist for codelist in dimension.codelists if codelist.id == name), None)
    if found is None:
        raise Refused("Non-existent codelist")
    return found


def _asked(question: Question) -> tuple[list[Wish], list[str]]:
    """What is wished of each dimension, and the order of dimensions if one is given."""
    if question.method == "GET":
        return _from_query(question), []
    try:
        body = _lowered(orjson.loads(question.body or b"{}"))
        selection = body.get("selection") or []
        placement = body.get("placement") or {}
        wishes = [
            Wish(item["variablecode"], list(item["valuecodes"]), item.get("codelist"))
            for item in map(_lowered, selection)
        ]
        return wishes, [*placement.get("stub", ()), *placement.get("heading", ())]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Refused("One or more validation errors occurred.") from error


def _lowered(found: Mapping[str, Any]) -> dict[str, Any]:
    """The service does not mind the case of names in the body."""
    return {name.lower(): value for name, value in found.items()}


def _from_query(question: Question) -> list[Wish]:
    """`codelist[X]` counts only beside `valueCodes[X]`; `outputValues[X]` never does."""
    lists = _bracketed(question, "codelist")
    return [
        Wish(name, _split(codes), lists.get(name))
        for name, codes in _bracketed(question, "valueCodes").items()
    ]


def _bracketed(question: Question, name: str) -> dict[str, str]:
    """The parameters `name[X]`, by X."""
    start = f"{name.lower()}["
    return {
        key[len(start) : -1]: value
        for key, value in question.query.items()
        if key.lower().startswith(start) and key.endswith("]")
    }


def _split(text: str) -> list[str]:
    """Codes between commas; an expression that holds a comma stands in square brackets."""
    parts, held = [], ""
    for part in text.split(","):
        held = f"{held},{part}" if held else part
        if held.startswith("[") and not held.endswith("]"):
            continue
        parts.append(held.removeprefix("[").removesuffix("]"))
        held = ""
    if held:
        raise no_such_value()
    return parts


def _default_view(table: Table) -> list[Wish]:
    """What the service shows to one who asks for nothing: some view of its own choosing."""
    first_two = [d.code for d in table.dimensions if d.code not in {CONTENTS, TIME}][:2]
    view = {CONTENTS: ["top(1)"], TIME: ["top(1)"]} | {code: ["*"] for code in first_two}
    return [
        Wish(d.code, view.get(d.code, ["top(1)"])) for d in table.dimensions if not d.elimination
    ]


def _order(table: Table, chosen: Mapping[str, object], placement: Sequence[str]) -> list[str]:
    """Dimensions in the order of the table, or stub then heading where they were placed."""
    if placement and {_dimension(table, name).code for name in placement} != set(chosen):
        raise Refused("Illegal placment")
    names = [_dimension(table, name).code for name in placement]
    return names or [d.code for d in table.dimensions if d.code in chosen]
