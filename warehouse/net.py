"""The net of municipalities and the groups they are members of: networks and co-operations.

Two municipalities that are in one group are tied, by as many ties as they have groups in common:
the projection of the two-mode graph of municipalities and groups (Breiger 1974, "The duality of
persons and groups", Social Forces 53). networkx computes; the functions here are called by the
models `municipality_position` and `network_overlap`.

A net is dense inside a group by construction, so what it shows is held against nets in which each
municipality and each group has as many ties as it has, drawn at random (the bipartite configuration
model: Newman, Strogatz and Watts 2001, Physical Review E 64, 026118). Ties that are drawn twice
count once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from operator import itemgetter
from typing import TypedDict

import duckdb
import networkx as nx
import numpy as np

RANDOM_NETS = 500
_SEED = 20261126  # the same nets each time, so that a rebuild is the same


class Tie(TypedDict):
    """A municipality in a group; `county` is the municipality's."""

    municipality: str
    county: str
    group: str


class Position(TypedDict):
    """Where a municipality stands in the net; see mart.municipality_position."""

    municipality: str
    groups: int
    degree: int
    weighted_degree: int
    betweenness: float
    clustering: float | None
    county_share: float | None
    bridges: int


class Overlap(TypedDict):
    """What a group has in common with another; see mart.network_overlap."""

    group: str
    other: str
    members: int
    other_members: int
    shared: list[str]
    expected: float
    as_many_by_chance: float


def ties_on(
    con: duckdb.DuckDBPyConnection,
    day: str | None = None,
    kinds: Collection[str] = ("network", "ict_cooperation", "child_welfare"),
    *,
    strong_only: bool = False,
) -> list[Tie]:
    """Who is in which group on a day (`2024-06-15`; None for the day of the newest figures).

    A membership is left out where it is known to have begun later or ended before; many dates are
    not known. `kinds` are those of mart.network_tie. An entry a municipality and group, in order.
    """
    rows = con.execute(
        """
        select distinct tie.municipality_code, municipality.county_name, tie.group_id
        from mart.network_tie as tie
        inner join mart.municipality as municipality using (municipality_code)
        where tie.group_kind in (select unnest($kinds))
            and (tie.strength = 'strong' or not $strong_only)
            and if(
                $day is null,
                not tie.has_ended,
                coalesce(tie.valid_from <= $day[1:len(tie.valid_from)], true)
                and coalesce(tie.valid_to >= $day[1:len(tie.valid_to)], true)
            )
        order by all
        """,
        {"kinds": [*kinds], "strong_only": strong_only, "day": day},
    ).fetchall()
    return [Tie(municipality=code, county=county, group=group) for code, county, group in rows]


def two_mode(ties: Iterable[Tie]) -> "nx.Graph[tuple[str, str]]":
    """The graph of municipalities and groups; nodes are ('municipality' or 'group', id)."""
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for tie in ties:
        municipality, group = ("municipality", tie["municipality"]), ("group", tie["group"])
        graph.add_node(municipality, bipartite=0, county=tie["county"])
        graph.add_node(group, bipartite=1)
        graph.add_edge(municipality, group)
    return graph


def projection(ties: Sequence[Tie]) -> "nx.Graph[str]":
    """The graph of municipalities; the weight of a tie is the number of groups in common."""
    graph = two_mode(ties)
    municipalities = [node for node in graph if node[0] == "municipality"]
    projected = nx.bipartite.weighted_projected_graph(graph, municipalities)
    ordered: nx.Graph[str] = nx.Graph()  # so that sums of fractions are the same each time
    ordered.add_nodes_from(sorted(node[1] for node in municipalities))
    edges = ([*sorted((a[1], b[1])), weight] for a, b, weight in projected.edges(data="weight"))
    ordered.add_weighted_edges_from(sorted(edges))
    return ordered


def positions(ties: Sequence[Tie]) -> list[Position]:
    """Where each municipality stands: an entry for each that has a tie to a group.

    `betweenness` is the share of the shortest ways between all others that go through it (Freeman
    1977; 0 to 1), `clustering` the share of pairs of those it meets who meet each other (Watts and
    Strogatz 1998), `bridges` the number of pairs of its groups that have no other member in common.
    """
    groups, members = _groups(ties), _members(ties)
    county = {tie["municipality"]: tie["county"] for tie in ties}
    graph = projection(ties)
    betweenness = nx.betweenness_centrality(graph)
    clustering = nx.clustering(graph)
    found: list[Position] = []
    for name in sorted(graph):
        met = {other: int(edge["weight"]) for other, edge in graph[name].items()}
        weighted_degree = sum(met.values())
        inside = sum(weight for other, weight in met.items() if county[other] == county[name])
        pairs = combinations(sorted(groups[name]), 2)
        found.append(
            Position(
                municipality=name,
                groups=len(groups[name]),
                degree=len(met),
                weighted_degree=weighted_degree,
                betweenness=betweenness[name],
                clustering=clustering[name] if len(met) > 1 else None,
                county_share=100 * inside / weighted_degree if weighted_degree else None,
                bridges=sum(members[a] & members[b] == {name} for a, b in pairs),
            )
        )
    return found


def overlaps(ties: Sequence[Tie], nets: int = RANDOM_NETS) -> list[Overlap]:
    """What groups have in common: an entry for each pair with a member in common.

    Each pair stands twice, once from each side. `expected` is the mean number of members in common
    in `nets` random nets, `as_many_by_chance` the share of these, in per cent, with at least as
    many as there are.
    """
    members = _members(ties)
    shared = {
        (a, b): sorted(members[a] & members[b])
        for a, b in combinations(sorted(members), 2)
        if members[a] & members[b]
    }
    drawn = _by_chance(ties, [*shared], nets)
    found = [
        Overlap(
            group=group,
            other=other,
            members=len(members[group]),
            other_members=len(members[other]),
            shared=both,
            expected=sum(drawn[a, b]) / nets,
            as_many_by_chance=100 * sum(count >= len(both) for count in drawn[a, b]) / nets,
        )
        for (a, b), both in shared.items()
        for group, other in ((a, b), (b, a))
    ]
    return sorted(found, key=itemgetter("group", "other"))


def _by_chance(
    ties: Sequence[Tie], pairs: Sequence[tuple[str, str]], nets: int
) -> dict[tuple[str, str], list[int]]:
    """How many members each pair of groups has in common in each of the random nets.

    A municipality has as many stubs as it has groups; in an order drawn at random they are dealt
    out to the groups, each of which takes as many as it has members.
    """
    members = _members(ties)
    municipalities = sorted({tie["municipality"] for tie in ties})
    place = {name: number for number, name in enumerate(municipalities)}
    stubs = np.array([place[name] for group in members.values() for name in group])
    stubs.sort()  # a set has no order of its own
    drawn = np.random.RandomState(_SEED)  # of which numpy never changes the draws
    found: dict[tuple[str, str], list[int]] = {pair: [] for pair in pairs}
    ends = np.cumsum([len(members[name]) for name in sorted(members)])
    for _ in range(nets):
        dealt = np.split(drawn.permutation(stubs), ends[:-1])
        members_drawn = dict(
            zip(sorted(members), (set(each.tolist()) for each in dealt), strict=True)
        )
        for (a, b), counts in found.items():
            counts.append(len(members_drawn[a] & members_drawn[b]))
    return found


def _groups(ties: Iterable[Tie]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tie in ties:
        found[tie["municipality"]].add(tie["group"])
    return dict(found)


def _members(ties: Iterable[Tie]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tie in ties:
        found[tie["group"]].add(tie["municipality"])
    return dict(found)
