"""StatBank through PxWebApi v2: search, metadata, code lists, planning of queries, data.

The planner turns catalogue entries into the fewest possible queries: indicators that select the
same dimensions of the same regions share one query, and a query over the publisher's cell limit
is cut along its dimensions. Cells are counted here, because the service's own counter has been
seen to overflow.
"""

import difflib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from common.errors import InputError, UpstreamError
from sources import jsonstat
from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table
from sources.frames import COUNTRY, SHAPES, Frames, frame
from sources.http import Call, Reply, Upstream
from sources.jsonstat import Cube, Dimension
from sources.plan import Planned

BASE = "https://data.ssb.no/api/pxwebapi/v2"
Cells = npt.NDArray[np.float64]
CONTENTS, TIME = "ContentsCode", "Tid"
LABEL = "label:"
_WINDOW = re.compile(r"^(top|bottom|from|to|range)\(([^()]*)\)$")
_PARTS = {"top": (1, 2), "bottom": (1, 2), "from": (1,), "to": (1,), "range": (2,)}


# --- what the service offers ---------------------------------------------------------------


def config_call() -> Call:
    """The question for the service's own limits."""
    return Call(f"{BASE}/config")


def tables(
    upstream: Upstream,
    query: str = "",
    past_days: int | None = None,
    *,
    with_discontinued: bool = False,
) -> Iterator[dict[str, Any]]:
    """Every table that matches a Lucene query, page after page, in the service's order.

    Columns of interest: `id`, `label`, `updated`, `firstPeriod`, `lastPeriod`, `discontinued`.
    """
    wanted = {
        "lang": "no",
        "query": query,
        "pastDays": str(past_days) if past_days is not None else "",
        "includeDiscontinued": "true" if with_discontinued else "",
        "pageSize": "1000",
    }
    params = {key: value for key, value in wanted.items() if value}
    for number in itertools.count(1):
        page = upstream.fetch(Call(f"{BASE}/tables", params | {"pageNumber": str(number)}))
        yield from page.entries(dict, "tables")
        if number >= page.part(int, "page", "totalPages"):
            return


def metadata_call(table: str) -> Call:
    """The question for a table's dimensions."""
    return Call(f"{BASE}/tables/{table}/metadata", {"lang": "no", "outputFormat": "json-stat2"})


def codelist_call(codelist: str) -> Call:
    """The question for a code list's values."""
    return Call(f"{BASE}/codelists/{codelist}", {"lang": "no"})


def data_call(table: str, selection: Sequence[dict[str, Any]]) -> Call:
    """The question for data: always POST, as a long GET address is answered with 404."""
    return Call(
        f"{BASE}/tables/{table}/data",
        {"lang": "no", "outputFormat": "json-stat2"},
        json={"selection": list(selection)},
    )


def metadata(upstream: Upstream, table: str) -> Cube:
    """A table's dimensions. A 404 is asked once more, as any inner fault shows as one there."""
    call = metadata_call(table)
    try:
        reply = upstream.fetch(call)
    except UpstreamError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        reply = upstream.fetch(call)
    return _cube(reply)


def codelist(upstream: Upstream, codelist_id: str) -> list[str]:
    """The codes of a code list, in its order."""
    reply = upstream.fetch(codelist_call(codelist_id))
    return reply.entries(lambda value: str(value["code"]), "values")


def cell_limit(upstream: Upstream) -> int:
    limit = upstream.fetch(config_call()).part(int, "maxDataCells")
    if limit < 1:
        raise UpstreamError(f"{BASE}/config: a limit of {limit} cells leaves nothing to ask for.")
    return limit


def _cube(reply: Reply) -> Cube:
    """The data set in a reply. Raises UpstreamError that names the address."""
    try:
        return jsonstat.read(reply.content)
    except jsonstat.JsonStatError as error:
        raise UpstreamError(f"{reply.call.address}: {error}") from error


def updated(reply: Reply) -> datetime | None:
    """When the publisher last changed the table of a data reply; None if nothing is said of it.

    A reply that can't be read says nothing: whoever reads its figures tells of that.
    """
    if not reply.call.url.endswith("/data"):
        return None
    with suppress(jsonstat.JsonStatError):
        return jsonstat.read(reply.content).updated
    return None


# --- selections ----------------------------------------------------------------------------


def select(
    expressions: Iterable[str], codes: Sequence[str], *, newest_first: bool = False
) -> list[str]:
    """The codes that expressions choose, in the order of `codes`, each once.

    An expression is a code, a pattern (`*` any text, `?` one character) or a window: `top(n)`,
    `top(n,offset)`, `bottom(n)`, `from(x)`, `to(x)`, `range(x,y)`. Codes ignore case. In the time
    dimension (`newest_first`) `top` counts from the newest. Raises InputError for an expression
    that chooses nothing.
    """
    chosen: set[str] = set()
    for expression in expressions:
        found = _expand(expression.strip(), codes, newest_first)
        if not found:
            raise InputError(
                f"the selection '{expression}' matches none of {len(codes)} codes"
                f" ({', '.join(codes[:5])}, ...)."
            )
        chosen.update(found)
    return [code for code in codes if code in chosen]


def _expand(expression: str, codes: Sequence[str], newest_first: bool) -> list[str]:
    window = _WINDOW.match(expression.lower())
    if window:
        parts = [part.strip() for part in window[2].split(",")]
        if len(parts) not in _PARTS[window[1]]:
            parts_of_it = " or ".join(map(str, _PARTS[window[1]]))
            raise InputError(
                f"'{expression}' in a selection has {len(parts)} parts; {window[1]}() has"
                f" {parts_of_it}."
            )
        return _window(window[1], parts, codes, newest_first)
    pattern = re.compile(
        "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in expression),
        re.IGNORECASE,
    )
    return [code for code in codes if pattern.fullmatch(code)]


def _window(kind: str, parts: list[str], codes: Sequence[str], newest_first: bool) -> list[str]:
    if kind in {"top", "bottom"}:
        count, offset = _whole(parts[0]), _whole(parts[1]) if len(parts) > 1 else 0
        from_end = (kind == "top") == newest_first
        ordered = list(reversed(codes)) if from_end else list(codes)
        return ordered[offset : offset + count]
    places = [_place(part, codes) for part in parts]
    first = 0 if kind == "to" else places[0]
    last = len(codes) - 1 if kind == "from" else places[-1]
    return list(codes[first : last + 1])


def _whole(text: str) -> int:
    if not text.isdigit():
        raise InputError(f"'{text}' in a selection should be a whole number.")
    return int(text)


def _place(code: str, codes: Sequence[str]) -> int:
    for place, candidate in enumerate(codes):
        if candidate.lower() == code.lower():
            return place
    raise InputError(f"the code '{code}' in a selection is not among {', '.join(codes[:5])}, ...")


def code_labelled(label: str, dimension: Dimension) -> str:
    """The one code of a dimension with this label, in whatever case it is written.

    Raises InputError naming the nearest labels if there is none, or the codes if there are more.
    """
    named = [
        (code, text)
        for code, text in zip(dimension.codes, dimension.labels, strict=True)
        if text.casefold() == label.casefold()
    ]
    if len(named) == 1:
        return named[0][0]
    if named:
        raise InputError(
            f"{len(named)} codes are labelled '{label}': {', '.join(code for code, _ in named)}."
            " Write the code that is meant."
        )
    nearest = difflib.get_close_matches(label, dimension.labels, n=3, cutoff=0) or ["none at all"]
    raise InputError(
        f"no code is labelled '{label}'. The nearest labels are: {'; '.join(nearest)}."
    )


def _in_codes(expressions: Iterable[str], dimension: Dimension) -> list[str]:
    """Expressions with each `label:TEXT` turned into the code of that label."""
    return [
        code_labelled(expression.removeprefix(LABEL).strip(), dimension)
        if expression.startswith(LABEL)
        else expression
        for expression in expressions
    ]


# --- planning ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """One question before it is cut: the codes of each dimension, and code lists used."""

    table: str
    codes: dict[str, tuple[str, ...]]
    codelists: dict[str, str]

    @property
    def cells(self) -> int:
        return math.prod(len(codes) for codes in self.codes.values())

    def call(self) -> Call:
        """The query as a POST to the service."""
        selection = [
            {"variableCode": dimension, "valueCodes": list(codes)}
            | ({"codelist": self.codelists[dimension]} if dimension in self.codelists else {})
            for dimension, codes in self.codes.items()
        ]
        return data_call(self.table, selection)


def plan(catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """The fewest calls that bring every indicator of a table, or all of a table of context.

    Raises UpstreamError where the table lacks what the catalogue asks for: a dimension, a code,
    a code list; or is gone, then with its successor if one is known.
    """
    number = table.table or ""
    cube = described(catalogue, table, upstream)
    limit = cell_limit(upstream)
    if table.holds == "context_observation":
        everything = Query(number, {d.code: d.codes for d in cube.dimensions}, {})
        return [Planned(piece.call(), table.id) for piece in cut(everything, limit)]
    origins = [origin for _, origin in catalogue.indicators_of(table.id)]
    planned = []
    for regions, group in itertools.product(table.regions, _groups(origins)):
        query = _query(table, cube, regions, group, upstream)
        planned += [Planned(codelist_call(used), table.id) for used in query.codelists.values()]
        planned += [
            Planned(piece.call(), table.id, division=regions.division)
            for piece in cut(query, limit, _added_up(group))
        ]
    return list(dict.fromkeys(planned))


def questions(table: Table, _planned: Sequence[Planned], _upstream: Upstream) -> list[Call]:
    """What is asked to make a plan, beside the code lists, which are in it."""
    return [metadata_call(table.table or ""), config_call()]


def described(catalogue: Catalogue, table: Table, upstream: Upstream) -> Cube:
    """A table's dimensions. A session asks for them once.

    Raises UpstreamError; for a table that is gone with its successor, if one is known.
    """
    try:
        return metadata(upstream, table.table or "")
    except UpstreamError as error:
        if successor := catalogue.successor_of(table):
            raise UpstreamError(
                f"{error} Table {table.table} was replaced by {successor}.", error.status
            ) from error
        raise


def _groups(origins: Iterable[Origin]) -> list[list[Origin]]:
    """Origins that select the same dimensions can share a query."""
    grouped: dict[frozenset[str], list[Origin]] = {}
    for origin in origins:
        grouped.setdefault(frozenset(origin.select), []).append(origin)
    return list(grouped.values())


def _query(
    table: Table, cube: Cube, regions: Regions, origins: Sequence[Origin], upstream: Upstream
) -> Query:
    _demand_dimensions(table, cube, regions, origins)
    codes: dict[str, tuple[str, ...]] = {}
    codelists: dict[str, str] = {}
    for dimension in cube.dimensions:
        if dimension.code == table.region_dimension:
            if regions.eliminated:
                _demand_elimination(table, dimension)
                continue
            offered, used = _region_codes(table, dimension, regions, upstream)
            codes[dimension.code] = _chosen(table, dimension, regions.codes, offered)
            codelists |= {dimension.code: used} if used else {}
            continue
        wanted = _wanted(dimension, regions, origins)
        if wanted:
            codes[dimension.code] = _chosen(table, dimension, wanted, dimension.codes)
        else:
            _demand_elimination(table, dimension)
    return Query(table.table or "", codes, codelists)


def _wanted(dimension: Dimension, regions: Regions, origins: Sequence[Origin]) -> list[str]:
    if dimension.code == TIME:
        return list(regions.periods)
    if dimension.code == CONTENTS:
        return [origin.contents for origin in origins if origin.contents]
    return [text for origin in origins for text in origin.select.get(dimension.code, ())]


def _chosen(
    table: Table, dimension: Dimension, wanted: Sequence[str], offered: Sequence[str]
) -> tuple[str, ...]:
    try:
        codes = _in_codes(wanted, dimension)
        return tuple(select(codes, offered, newest_first=dimension.code == TIME))
    except InputError as error:
        raise UpstreamError(
            f"table {table.table}, dimension {dimension.code}: {error} The publisher may have"
            f" changed its codes; look at {table.url} and mend the catalogue entry."
        ) from error


def _region_codes(
    table: Table, dimension: Dimension, regions: Regions, upstream: Upstream
) -> tuple[Sequence[str], str | None]:
    """The codes offered, and the id of the code list they come from."""
    used = regions.codelist
    if regions.codelist_label:
        used = _codelist_by_label(table, dimension, regions.codelist_label)
    if used is None:
        return dimension.codes, None
    return codelist(upstream, used), used


def _codelist_by_label(table: Table, dimension: Dimension, label: str) -> str:
    """The id of the code list with this label, or the only one whose label contains it.

    KOSTRA's code lists have another id in every table, but the same label.
    """
    ids = {offered.label: offered.id for offered in dimension.codelists}
    exact = [text for text in ids if text.casefold() == label.casefold()]
    found = exact or [text for text in ids if label.casefold() in text.casefold()]
    if len(found) == 1:
        return ids[found[0]]
    nearest = found or difflib.get_close_matches(label, ids, n=3, cutoff=0) or ["none at all"]
    raise UpstreamError(
        f"table {table.table}, dimension {dimension.code}: {len(found) or 'no'} code lists are"
        f" labelled '{label}'. {'They' if found else 'The nearest'} are: {'; '.join(nearest)}."
        f" Write one of these as 'codelist_label' of '{table.id}' in the catalogue."
    )


def _demand_elimination(table: Table, dimension: Dimension) -> None:
    if not dimension.elimination:
        raise UpstreamError(
            f"table {table.table}: dimension {dimension.code} must be selected and the catalogue"
            f" does not; add it under 'select' of the indicators from '{table.id}'."
        )


def _demand_dimensions(
    table: Table, cube: Cube, regions: Regions, origins: Sequence[Origin]
) -> None:
    """Without its region dimension a table would be read as one of the whole country."""
    known = {dimension.code for dimension in cube.dimensions}
    region = set() if regions.eliminated else {table.region_dimension}
    missing = ({code for origin in origins for code in origin.select} | region) - known
    if missing:
        raise UpstreamError(
            f"table {table.table} no longer has the dimension {', '.join(sorted(missing))};"
            f" it has {', '.join(sorted(known))}."
        )


def cut(query: Query, limit: int, whole: frozenset[str] = frozenset()) -> list[Query]:
    """The fewest pieces of a query, all of at most `limit` cells, that cover it exactly.

    Dimensions in `whole` are not cut, since their codes are added up in one reply. The others are
    cut into runs of nearly equal length, and a piece is one run of each: a grid, of which the
    fewest pieces are meant. Their number is searched upwards from the least that could do. Among
    equals the cut through the fewest dimensions, and there the last ones, is taken. Raises
    InputError if no cut can do.
    """
    names = list(query.codes)
    sizes = [len(query.codes[name]) for name in names]
    most = [1 if name in whole else size for name, size in zip(names, sizes, strict=True)]
    runs = next(
        (
            best
            for pieces in range(max(1, math.ceil(query.cells / limit)), math.prod(most) + 1)
            if (best := _best_runs(pieces, sizes, most, limit))
        ),
        None,
    )
    if runs is None:
        raise InputError(
            f"table {query.table}: the codes that are added up make more than {limit} cells for"
            " one region and period; select fewer."
        )
    parts = [_runs(query.codes[name], count) for name, count in zip(names, runs, strict=True)]
    return [
        Query(query.table, dict(zip(names, part, strict=True)), query.codelists)
        for part in itertools.product(*parts)
    ]


def _added_up(origins: Sequence[Origin]) -> frozenset[str]:
    return frozenset(code for origin in origins for code in origin.select)


def _best_runs(
    pieces: int, sizes: Sequence[int], most: Sequence[int], limit: int
) -> tuple[int, ...] | None:
    fitting = [
        runs
        for runs in _factorisations(pieces, most)
        if math.prod(math.ceil(size / run) for size, run in zip(sizes, runs, strict=True)) <= limit
    ]
    return min(fitting, key=lambda runs: (sum(run > 1 for run in runs), runs), default=None)


def _factorisations(number: int, sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All ways to write a number as one factor a dimension, none above the dimension's size."""
    if not sizes:
        if number == 1:
            yield ()
        return
    for factor in range(1, min(number, sizes[0]) + 1):
        if number % factor == 0:
            for rest in _factorisations(number // factor, sizes[1:]):
                yield (factor, *rest)


def _runs(codes: Sequence[str], count: int) -> list[tuple[str, ...]]:
    length = math.ceil(len(codes) / count)
    return [tuple(codes[start : start + length]) for start in range(0, len(codes), length)]


# --- reading -------------------------------------------------------------------------------


def read(catalogue: Catalogue, table: Table, reply: Reply) -> Frames:
    """A data reply as `observation`: one row for each indicator, region and period.

    A code list becomes `codelist_value`: which codes it adds up; a table of context
    `context_observation`, one row a cell.

    Several codes of a dimension become one figure; if one of them is missing it is missing.
    Raises UpstreamError for a reply that is not what it says, or answers another question.
    """
    if "/codelists/" in reply.call.url:
        return {"codelist_value": frame("codelist_value", _value_map(reply))}
    cube = _cube(reply)
    _demand_what_was_asked(cube, reply)
    if table.holds == "context_observation":
        return {"context_observation": frame("context_observation", _context(cube, reply))}
    dimensions = {dimension.code for dimension in cube.dimensions}
    fixed = {table.region_dimension, CONTENTS, TIME}
    parts = [
        _observations(indicator, origin, table, cube, reply)
        for indicator, origin in catalogue.indicators_of(table.id)
        if set(origin.select) == dimensions - fixed and _contents(origin, cube)
    ]
    return {"observation": pa.concat_tables(parts)} if parts else {}


def _context(cube: Cube, reply: Reply) -> Iterator[dict[str, Any]]:
    """Every cell, with the labels of all its dimensions but contents and time."""
    groups = [d for d in cube.dimensions if d.code not in {CONTENTS, TIME}]
    units = cube.dimension(CONTENTS).units
    for row in cube.table().to_pylist():
        unit = units.get(row[CONTENTS])
        yield {
            "subject": row[f"{CONTENTS}_label"],
            "breakdown": {d.label: row[f"{d.code}_label"] for d in groups},
            "period": row[TIME],
            "value": row["value"],
            "status": row["status"],
            "unit": unit.base if unit else None,
            "reply_id": reply.reply_id,
        }


def _contents(origin: Origin, cube: Cube) -> str | None:
    """The code of an origin's contents in a reply; None if it came in another one."""
    contents, wanted = cube.dimension(CONTENTS), origin.contents or ""
    if not wanted.startswith(LABEL):
        return wanted if wanted in contents.codes else None
    try:
        return code_labelled(wanted.removeprefix(LABEL).strip(), contents)
    except InputError:
        return None


def _demand_what_was_asked(cube: Cube, reply: Reply) -> None:
    """Refuses a reply with other codes than were asked for: its sums would be other sums."""
    selection = (reply.call.json or {}).get("selection", ())
    asked = {item["variableCode"]: set(item["valueCodes"]) for item in selection}
    came = {dimension.code: set(dimension.codes) for dimension in cube.dimensions}
    for dimension in sorted(asked.keys() | came.keys()):
        wanted, given = asked.get(dimension, set()), came.get(dimension, set())
        if wanted != given:
            raise UpstreamError(
                f"{reply.call.address}: dimension {dimension} was asked for {len(wanted)} codes and"
                f" came with {len(given)}; they differ in {', '.join(sorted(wanted ^ given)[:5])}."
            )


def _value_map(reply: Reply) -> list[dict[str, str]]:
    """One row for each code that a code of the list adds."""
    codelist_id = reply.part(str, "id")

    def pairs(value: dict[str, Any]) -> list[tuple[str, str]]:
        return [(str(value["code"]), str(added)) for added in value.get("valueMap") or ()]

    return [
        {
            "codelist": codelist_id,
            "code": code,
            "source_code": source_code,
            "reply_id": reply.reply_id,
        }
        for found in reply.entries(pairs, "values")
        for code, source_code in found
    ]


def _observations(
    indicator: Indicator, origin: Origin, table: Table, cube: Cube, reply: Reply
) -> pa.Table:
    kept = [d for d in cube.dimensions if d.code in {table.region_dimension, TIME}]
    regions = [d.codes for d in kept if d.code != TIME] or [(COUNTRY,)]
    periods = cube.dimension(TIME).codes
    values, status = _combined(cube, origin, [d.code for d in kept])
    unit = cube.dimension(CONTENTS).units.get(_contents(origin, cube) or "")
    rows = len(values)
    columns: dict[str, pa.Array[Any]] = {
        "indicator_id": pa.repeat(pa.scalar(indicator.id), rows),
        "reported_code": pa.array(np.repeat(regions[0], len(periods)), pa.string()),
        "period": pa.array(np.tile(periods, len(regions[0])), pa.string()),
        "value": pa.array(values, pa.float64(), from_pandas=True),
        "status": pa.array(status, pa.string()),
        "unit": pa.repeat(pa.scalar((unit.base if unit else None) or indicator.unit), rows),
        "reply_id": pa.repeat(pa.scalar(reply.reply_id), rows),
    }
    return pa.table(columns, schema=SHAPES["observation"])


def _combined(
    cube: Cube, origin: Origin, kept: Sequence[str]
) -> tuple[npt.NDArray[np.float64], Sequence[str | None]]:
    """A value and a status symbol for each region and period, regions outermost.

    Cells of the other dimensions are made into one; NaN, which stands for missing here, makes it
    missing. Of several symbols that of a missing cell is kept, since it says why the sum is
    missing, and else the one that came last among the reply's symbols.
    """
    places = [_places(dimension, origin, kept) for dimension in cube.dimensions]
    others = tuple(i for i, d in enumerate(cube.dimensions) if d.code not in kept)
    chosen = np.ix_(*places)
    cells = cube.values.to_numpy(zero_copy_only=False).reshape(cube.shape)[chosen]
    symbols = cube.status.dictionary.to_pylist()
    marks = cube.status.indices.fill_null(-1).to_numpy(zero_copy_only=False).reshape(cube.shape)
    weighed = np.where(np.isnan(cells) & (marks[chosen] >= 0), len(symbols), 0) + marks[chosen]
    values, last = _COMBINED[origin.combine](cells, others), weighed.max(axis=others)
    if len(kept) > 1 and kept[0] == TIME:
        values, last = values.T, last.T
    return values.ravel(), [
        symbols[mark % len(symbols)] if mark >= 0 else None for mark in last.ravel()
    ]


def _sum(cells: Cells, over: tuple[int, ...]) -> Cells:
    return np.asarray(cells.sum(axis=over))


def _diversity(cells: Cells, over: tuple[int, ...]) -> Cells:
    """One less the Herfindahl index: 0 where one cell has all. Where all are 0 there is none.

    Gini-Simpson (Simpson 1949, Nature 163:688); Hirschman 1964 tells how the index got its name.
    """
    total = cells.sum(axis=over, keepdims=True)
    shares = np.divide(cells, total, out=np.full_like(cells, np.nan), where=total != 0)
    return np.asarray(1 - (shares**2).sum(axis=over))


_COMBINED = {"sum": _sum, "diversity": _diversity}


def _places(dimension: Dimension, origin: Origin, kept: Sequence[str]) -> list[int]:
    """The places of the codes wanted in a dimension."""
    if dimension.code in kept:
        return list(range(len(dimension.codes)))
    wanted = (
        [origin.contents or ""] if dimension.code == CONTENTS else origin.select[dimension.code]
    )
    chosen = set(select(_in_codes(wanted, dimension), dimension.codes))
    return [place for place, code in enumerate(dimension.codes) if code in chosen]
