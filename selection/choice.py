"""A rule carried out: from the candidates to the cases, with everything that led to them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.errors import SelectionError
from selection import universe
from selection.candidates import Candidates
from selection.method import Method
from selection.positioning import network_table
from selection.rule import Rule
from selection.universe import Universe, transformed

CHOSEN_COLUMNS = [
    "network_id", "place", "municipality_code", "municipality_name", "rank", "score",
    "partner_code", "chosen_by", "because",
]  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """What a rule gives on one vintage.

    networks: the networks, in order. strata: the candidates of each. universe: see Universe.
    ranking: every candidate in order (see `ranking`), or every pair.
    chosen: one row a case: network_id, place, municipality_code, municipality_name, rank, score,
        partner_code (for pairs), chosen_by (rule or override), because (for an override).
    runners_up: one row a case that was near: network_id, municipality_code, partner_code, rank,
        score, margin (in score, to the last one chosen) and margin_in_spreads.
    network_ranking: where networks are chosen, every network in order; else None.
    """

    rule: Rule
    networks: tuple[str, ...]
    strata: Mapping[str, list[str]]
    universe: Universe
    ranking: pd.DataFrame
    chosen: pd.DataFrame
    runners_up: pd.DataFrame
    network_ranking: pd.DataFrame | None

    @property
    def codes(self) -> list[str]:
        """The chosen municipalities, in the order of the networks."""
        return list(self.chosen["municipality_code"])


def choose(rule: Rule, candidates: Candidates) -> Selection:
    """Carries out a rule. Raises SelectionError where it can't be carried out on these figures."""
    network_ranking = None
    networks = rule.networks.given
    if rule.networks.method is not None and rule.networks.choose:
        network_ranking = rank_networks(rule, rule.networks.method, candidates)
        networks = tuple(network_ranking.index[: rule.networks.choose])
    who = universe.apply(candidates, rule, rule.method.needed(rule.roles))
    left_out = {o.municipality for o in rule.overrides if o.decision == "leave"}
    strata = {
        network: [
            code
            for code in candidates.members(network)
            if code in who.table.index and code not in left_out
        ]
        for network in networks
    }
    table = with_membership(transformed(who.table, rule), strata)
    order = rule.method.rank(table, rule.roles)
    chosen = take(rule, order, strata)
    chosen = _named(_with_overrides(rule, chosen, order), candidates)
    return Selection(
        rule=rule,
        networks=networks,
        strata=strata,
        universe=who,
        ranking=order,
        chosen=chosen,
        runners_up=_runners_up(rule, order, strata, chosen),
        network_ranking=network_ranking,
    )


def with_membership(table: pd.DataFrame, strata: Mapping[str, list[str]]) -> pd.DataFrame:
    """The table with `in_network`: whether a candidate is in one of the chosen networks."""
    inside = {code for members in strata.values() for code in members}
    return table.assign(in_network=table.index.isin(list(inside)))


def rank_networks(rule: Rule, method: Method, candidates: Candidates) -> pd.DataFrame:
    """Every network with members, in the order of the rule's method for networks."""
    table = network_table(rule, candidates)
    if rule.networks.among:
        table = table[table.index.isin(list(rule.networks.among))]
    if len(table) < (rule.networks.choose or 0):
        raise SelectionError(
            f"Networks to choose: {rule.networks.choose}; networks with members on the evidence "
            f"accepted: {len(table)}.",
            ("networks",),
            nb=f"Nettverk som skal velges: {rule.networks.choose}; nettverk med medlemmer med "
            f"dokumentasjonen som godtas: {len(table)}.",
        )
    return method.rank(table, rule.roles)


def take(rule: Rule, order: pd.DataFrame, strata: Mapping[str, list[str]]) -> pd.DataFrame:
    """The cases of each network: network_id, place, municipality_code, rank, score, partner_code.

    Places that overrides have taken are not filled.
    """
    asked = rule.quotas(strata)
    overridden = [o for o in rule.overrides if o.decision == "take"]
    for override in overridden:
        asked[override.network] = max(asked.get(override.network, 0) - 1, 0)
    taken = {override.municipality for override in overridden}
    free = {network: [c for c in codes if c not in taken] for network, codes in strata.items()}
    return rule.method.take(order, free, asked)


def _with_overrides(rule: Rule, chosen: pd.DataFrame, order: pd.DataFrame) -> pd.DataFrame:
    chosen = chosen.assign(chosen_by="rule", because=None)
    taken = [
        {
            "network_id": o.network,
            "municipality_code": o.municipality,
            "rank": order["rank"].get(o.municipality, np.nan) if "code_a" not in order else np.nan,
            "score": order["score"].get(o.municipality, np.nan)
            if "code_a" not in order
            else np.nan,
            "partner_code": None,
            "chosen_by": "override",
            "because": o.because,
        }
        for o in rule.overrides
        if o.decision == "take"
    ]
    if not taken:
        return chosen
    both = pd.concat([chosen, pd.DataFrame(taken)], ignore_index=True)
    place = {network: number for number, network in enumerate(dict.fromkeys(both["network_id"]))}
    both = both.sort_values("network_id", key=lambda ids: ids.map(place), kind="stable")
    both["place"] = both.groupby("network_id").cumcount() + 1
    return both.reset_index(drop=True)


def _named(chosen: pd.DataFrame, candidates: Candidates) -> pd.DataFrame:
    names = candidates.table["municipality_name"]
    named = chosen.assign(municipality_name=chosen["municipality_code"].map(names))
    return named[CHOSEN_COLUMNS].reset_index(drop=True)


def _runners_up(
    rule: Rule, order: pd.DataFrame, strata: Mapping[str, list[str]], chosen: pd.DataFrame
) -> pd.DataFrame:
    found = []
    for network in strata:
        mine = chosen[(chosen["network_id"] == network) & (chosen["chosen_by"] == "rule")]
        everybody = list(chosen["municipality_code"])
        near = rule.method.runners_up(order, strata, network, mine, everybody)
        found.append(near.assign(network_id=network))
    columns = ["network_id", "municipality_code", "partner_code", "rank", "score", "margin",
               "margin_in_spreads"]  # fmt: skip
    return pd.concat(found, ignore_index=True)[columns]
