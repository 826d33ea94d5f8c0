"""Where networks stand among all networks, and municipalities among all municipalities.

Where three networks are given rather than drawn, no method can justify them: the honest report
says where they stand, what each rule would have picked, which municipalities outside are nearest,
and which variation the set lacks. There is no regression on so few.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from selection.candidates import Candidates
from selection.distance import Distance, matrix, nearest
from selection.rule import Rule


def profiles(rule: Rule, candidates: Candidates) -> pd.DataFrame:
    """One row a network and indicator: how the members known on accepted evidence are spread.

    network_id, indicator, members, with_figure, minimum, median, maximum, mean (each municipality
    counts the same), mean_by_people (weighted by population: each inhabitant counts the same).
    """
    people = candidates.people
    rows = []
    for network in candidates.networks["network_id"]:
        members = candidates.table.loc[candidates.members(network)]
        for entry in rule.indicators:
            figure = members[entry.name].astype(float).dropna()
            weight = people[figure.index]
            rows.append(
                {
                    "network_id": network,
                    "indicator": entry.name,
                    "members": len(members),
                    "with_figure": len(figure),
                    "minimum": figure.min(),
                    "median": figure.median(),
                    "maximum": figure.max(),
                    "mean": figure.mean(),
                    "mean_by_people": (figure * weight).sum() / weight.sum()
                    if len(figure)
                    else None,
                }
            )
    return pd.DataFrame(rows)


def network_table(rule: Rule, candidates: Candidates) -> pd.DataFrame:
    """One row a network with members on accepted evidence, indexed by network_id, to choose among.

    members, people (inhabitants of the members), district_share (percent), strong_share (percent of
    members known on strong evidence), cooperations (number of ICT cooperations its members are in),
    scope, parent_network_id, and the mean of each indicator over the members (each counts the
    same).
    """
    rows = {}
    for network in candidates.networks.itertuples(index=False):
        codes = candidates.members(str(network.network_id))
        if not codes:
            continue
        members = candidates.table.loc[codes]
        evidence = candidates.membership[candidates.membership["network_id"] == network.network_id]
        strong = set(evidence.loc[evidence["strength"] == "strong", "municipality_code"])
        rows[str(network.network_id)] = {
            "scope": network.scope,
            "parent_network_id": network.parent_network_id,
            "members": len(codes),
            "people": float(candidates.people[codes].sum()),
            "district_share": 100 * float(members["is_district"].mean()),
            "strong_share": 100 * len(strong) / len(codes),
            "cooperations": len({c for listed in members["cooperations"] for c in listed}),
            **{e.name: float(members[e.name].astype(float).mean()) for e in rule.indicators},
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_index()


def standing(values: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The share of rows with a lower figure, in percent, ties counting half: 50 is the middle.

    One row a row of `values`, one column a column asked for; missing stays missing.
    """
    numbers = values[list(columns)].astype(float)
    return 100 * (numbers.rank(method="average") - 0.5) / numbers.notna().sum()


def comparisons_outside(
    table: pd.DataFrame,
    how: Distance,
    chosen: Sequence[str],
    inside: Sequence[str],
    number: int = 3,
) -> pd.DataFrame:
    """For each chosen case the nearest municipalities outside every chosen network.

    municipality_code, neighbour_code, rank, distance.
    """
    others = [code for code in table.index if code not in set(inside)]
    focal = [code for code in chosen if code in table.index]
    return nearest(matrix(table, how), focal, others, number)


def lacking(table: pd.DataFrame, columns: Sequence[str], chosen: Sequence[str]) -> pd.DataFrame:
    """Which part of the variation among the candidates the chosen cases do not reach.

    One row an indicator: lowest and highest among the chosen, the share of candidates (percent)
    below and above them, and `quarters_missing`, the quarters of the candidates (1 lowest) in which
    no case was chosen.
    """
    rows = []
    for column in columns:
        everybody = table[column].astype(float).dropna()
        mine = everybody[everybody.index.isin(list(chosen))]
        place = standing(everybody.to_frame(), [column])[column]
        quarter = (place // 25).clip(upper=3).astype(int) + 1
        rows.append(
            {
                "indicator": column,
                "lowest_chosen": mine.min(),
                "highest_chosen": mine.max(),
                "below_percent": 100 * float((everybody < mine.min()).mean()),
                "above_percent": 100 * float((everybody > mine.max()).mean()),
                "quarters_missing": [
                    number for number in (1, 2, 3, 4) if number not in set(quarter[mine.index])
                ],
            }
        )
    return pd.DataFrame(rows)


def overlaps(candidates: Candidates, networks: Sequence[str]) -> pd.DataFrame:
    """One row a pair of networks that share members: network_a, network_b, shared, nested."""
    members: Mapping[str, set[str]] = {n: set(candidates.members(n)) for n in networks}
    rows = [
        {
            "network_a": a,
            "network_b": b,
            "shared": len(members[a] & members[b]),
            "nested": members[a] <= members[b] or members[b] <= members[a],
        }
        for place, a in enumerate(networks)
        for b in networks[place + 1 :]
        if members[a] & members[b]
    ]
    return pd.DataFrame(rows, columns=["network_a", "network_b", "shared", "nested"])
