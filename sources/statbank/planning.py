"""The fewest queries that bring what the catalogue asks of a table.

Indicators that select the same dimensions of the same regions share one query, and a query over
the publisher's cell limit is cut along its dimensions. Cells are counted here, because the
service's own counter has been seen to overflow.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from common.errors import InputError, UpstreamError
from common.text import nearest
from sources.catalogue import Catalogue, Origin, Regions, Table
from sources.catalogue.cube import CubeLayout
from sources.http import Request, Upstream
from sources.jsonstat import Cube, Dimension
from sources.plan import Planned
from sources.statbank import api
from sources.statbank.selection import CONTENTS, TIME, in_codes, select


@dataclass(frozen=True)
class Query:
    """One question before it is cut: the codes of each dimension, and code lists used."""

    table: str
    codes: dict[str, tuple[str, ...]]
    codelists: dict[str, str]

    @property
    def cells(self) -> int:
        return math.prod(len(codes) for codes in self.codes.values())

    def request(self) -> Request:
        """The query as a POST to the service."""
        selection = [
            {"variableCode": dimension, "valueCodes": list(codes)}
            | ({"codelist": self.codelists[dimension]} if dimension in self.codelists else {})
            for dimension, codes in self.codes.items()
        ]
        return api.data_request(self.table, selection)


def plan(catalogue: Catalogue, table: Table, upstream: Upstream) -> list[Planned]:
    """The fewest requests that bring every indicator of a table, its cube, or all of its context.

    Raises UpstreamError where the table lacks what the catalogue asks for: a dimension, a code,
    a code list; or is gone, then with its successor if one is known.
    """
    number = table.table or ""
    cube = api.described(catalogue, table, upstream)
    limit = api.cell_limit(upstream)
    if table.holds == "context_observation":
        everything = Query(number, {d.code: d.codes for d in cube.dimensions}, {})
        return [Planned(piece.request(), table.id) for piece in cut(everything, limit)]
    planned = []
    groups = [_cells_of(catalogue, table)] if table.cube else _groups(catalogue, table)
    added_up = [frozenset[str]() if table.cube else _added_up(group) for group in groups]
    for regions, (group, whole) in itertools.product(
        table.regions, zip(groups, added_up, strict=True)
    ):
        query = _query(catalogue, table, regions, group, upstream)
        planned += [
            Planned(api.codelist_request(used), table.id) for used in query.codelists.values()
        ]
        planned += [
            Planned(piece.request(), table.id, division=regions.division)
            for piece in cut(query, limit, whole)
        ]
    return list(dict.fromkeys(planned))


def questions(table: Table, _planned: Sequence[Planned], _upstream: Upstream) -> list[Request]:
    """What is asked to make a plan, beside the code lists, which are in it."""
    return [api.metadata_request(table.table or ""), api.config_request()]


@dataclass(frozen=True)
class _Wish:
    """What an indicator asks of a table, and where it is declared."""

    origin: Origin
    declared: str


def _groups(catalogue: Catalogue, table: Table) -> list[list[_Wish]]:
    """Indicators that select the same dimensions can share a query."""
    grouped: dict[frozenset[str], list[_Wish]] = {}
    for indicator, origin in catalogue.indicators_of(table.id):
        declared = f"indicator {indicator.id}{_place(catalogue, indicator.id)}"
        grouped.setdefault(frozenset(origin.select), []).append(_Wish(origin, declared))
    return list(grouped.values())


def _cells_of(catalogue: Catalogue, table: Table) -> list[_Wish]:
    """A cube asks for each of its contents, in the codes of the other dimensions."""
    taken = table.cube or CubeLayout(contents={"*": "none"})
    declared = f"cube {table.id}{_place(catalogue, table.id)}"
    return [
        _Wish(Origin(table=table.id, contents=code, select=taken.select), declared)
        for code in taken.contents
    ]


def _place(catalogue: Catalogue, entry_id: str) -> str:
    place = catalogue.declared_at.get(entry_id)
    return f" ({place})" if place else ""


def _query(
    catalogue: Catalogue, table: Table, regions: Regions, group: Sequence[_Wish], upstream: Upstream
) -> Query:
    cube = api.described(catalogue, table, upstream)
    of_table = f"source {table.id}{_place(catalogue, table.id)}"
    _require_dimensions(table, cube, regions, [wish.origin for wish in group])
    codes: dict[str, tuple[str, ...]] = {}
    codelists: dict[str, str] = {}
    for dimension in cube.dimensions:
        if dimension.code == table.region_dimension:
            if regions.eliminated:
                _require_elimination(table, dimension)
                continue
            offered, used = _region_codes(table, dimension, regions, upstream)
            wanted = dict.fromkeys(regions.codes, of_table)
            codes[dimension.code] = _chosen(table, dimension, wanted, offered)
            codelists |= {dimension.code: used} if used else {}
            continue
        if dimension.code == TIME:
            wanted = dict.fromkeys(regions.periods, of_table)
        else:
            wanted = _wanted(dimension, group)
        if wanted:
            codes[dimension.code] = _chosen(table, dimension, wanted, dimension.codes)
        else:
            _require_elimination(table, dimension)
    return Query(table.table or "", codes, codelists)


def _wanted(dimension: Dimension, group: Sequence[_Wish]) -> dict[str, str]:
    """The expressions that indicators ask for in a dimension, each with who does."""
    if dimension.code == CONTENTS:
        return {wish.origin.contents: wish.declared for wish in group if wish.origin.contents}
    return {
        expression: wish.declared
        for wish in group
        for expression in wish.origin.select.get(dimension.code, ())
    }


def _chosen(
    table: Table, dimension: Dimension, wanted: Mapping[str, str], offered: Sequence[str]
) -> tuple[str, ...]:
    """The codes offered that expressions choose. Raises UpstreamError that names who asks."""
    chosen: set[str] = set()
    for expression, declared in wanted.items():
        try:
            [code] = in_codes([expression], dimension)
            chosen.update(select([code], offered, newest_first=dimension.code == TIME))
        except InputError as error:
            raise UpstreamError(
                f"table {table.table}, dimension {dimension.code}: {error} The publisher may have"
                f" changed its codes; look at {table.url} and mend the catalogue entry of"
                f" {declared}."
            ) from error
    return tuple(code for code in offered if code in chosen)


def _region_codes(
    table: Table, dimension: Dimension, regions: Regions, upstream: Upstream
) -> tuple[Sequence[str], str | None]:
    """The codes offered, and the id of the code list they come from."""
    used = regions.codelist
    if regions.codelist_label:
        used = _codelist_by_label(table, dimension, regions.codelist_label)
    if used is None:
        return dimension.codes, None
    return api.codelist(upstream, used), used


def _codelist_by_label(table: Table, dimension: Dimension, label: str) -> str:
    """The id of the code list with this label, or the only one whose label contains it.

    KOSTRA's code lists have another id in every table, but the same label.
    """
    ids = {offered.label: offered.id for offered in dimension.codelists}
    exact = [text for text in ids if text.casefold() == label.casefold()]
    found = exact or [text for text in ids if label.casefold() in text.casefold()]
    if len(found) == 1:
        return ids[found[0]]
    labels = found or nearest(label, ids, likeness=0) or ["none at all"]
    raise UpstreamError(
        f"table {table.table}, dimension {dimension.code}: {len(found) or 'no'} code lists are"
        f" labelled '{label}'. {'They' if found else 'The nearest'} are: {'; '.join(labels)}."
        f" Write one of these as 'codelist_label' of '{table.id}' in the catalogue."
    )


def _require_elimination(table: Table, dimension: Dimension) -> None:
    if not dimension.elimination:
        raise UpstreamError(
            f"table {table.table}: dimension {dimension.code} must be selected and the catalogue"
            f" does not; add it under 'select' of the indicators from '{table.id}'."
        )


def _require_dimensions(
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
    UpstreamError if no cut can do.
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
        raise UpstreamError(
            f"table {query.table}: the codes that are added up make more than {limit} cells for"
            " one region and period; select fewer."
        )
    parts = [_runs(query.codes[name], count) for name, count in zip(names, runs, strict=True)]
    return [
        Query(query.table, dict(zip(names, part, strict=True)), query.codelists)
        for part in itertools.product(*parts)
    ]


def _added_up(group: Sequence[_Wish]) -> frozenset[str]:
    return frozenset(code for wish in group for code in wish.origin.select)


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
