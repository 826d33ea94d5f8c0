"""A rule carried out: from the candidates to the cases, with everything that led to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.errors import SelectionError
from selection import distance, diverse, ranking, regression, scores, universe
from selection.candidates import Candidates
from selection.positioning import network_table
from selection.regression import Model
from selection.roles import Pairs, distance_of, explained_by, needed, put_together
from selection.rule import (
    Crucial,
    Deviant,
    Diverse,
    Extreme,
    Influential,
    Method,
    MostDifferent,
    MostSimilar,
    Pathway,
    Random,
    Rule,
    Typical,
)
from selection.universe import Universe, judge, transformed

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
        network_ranking = rank_networks(rule, candidates)
        networks = tuple(network_ranking.index[: rule.networks.choose])
    who = universe.apply(candidates, rule, needed(rule))
    left_out = {o.municipality for o in rule.overrides if o.decision == "leave"}
    strata = {
        network: [
            code
            for code in candidates.members(network)
            if code in who.table.index and code not in left_out
        ]
        for network in networks
    }
    order = rank(rule, with_membership(transformed(who.table, rule), strata))
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


# --- ranking --------------------------------------------------------------------------------------


def rank(rule: Rule, table: pd.DataFrame, method: Method | None = None) -> pd.DataFrame:
    """Every row of the table in the order of the rule's method (or another), or every pair."""
    method = method or rule.method
    ties = [(column, ascending) for column, ascending in rule.ties if column in table]
    match method:
        case Random():
            order = ranking.random_order(list(table.index), rule.seed)
        case Typical(form="centre"):
            order = scores.central(table, distance_of(rule, method), ties)
        case Extreme():
            weights = put_together(rule, method)
            order = scores.extreme(table, weights, method.end, method.scaling, ties)
        case Crucial():
            present = None if method.present is None else _present(table, method.present)
            order = scores.crucial(table, method.expectation, method.kind, present, ties)
        case Diverse():
            cells = cells_of(rule, method, table)
            order = diverse.diverse(table, cells, distance_of(rule, method), ties)
        case MostSimilar() | MostDifferent():
            order = _rank_pairs(rule, method, table, ties)
        case _:
            order = _rank_by_model(rule, method, table, ties)
    return order


def _rank_by_model(
    rule: Rule, method: Method, table: pd.DataFrame, ties: ranking.TieBreak
) -> pd.DataFrame:
    model = Model(str(rule.outcome), explained_by(rule))
    match method:
        case Deviant():
            order = regression.deviant(table, model, method.side, ties)
        case Influential():
            order = regression.influential(table, model, method.measure, rule.cause, ties)
        case Pathway():
            order = regression.pathway(table, model, str(rule.cause), ties)
        case _:
            order = regression.typical(table, model, ties)
    return order


def cells_of(rule: Rule, method: Diverse, table: pd.DataFrame) -> pd.Series:
    """The cell of each row, by the kind of cells the method asks for."""
    if method.categories is not None:
        return diverse.crossed(table, method.categories)
    if method.quantiles is not None:
        [(column, parts)] = method.quantiles.items()
        return diverse.quantiles(table, column, parts)
    return diverse.clusters(table, distance_of(rule, method), method.clusters or 2, rule.seed)


def _present(table: pd.DataFrame, where: str) -> pd.Series:
    """Whether the outcome is there; those of whom it is not known are not candidates."""
    verdict = judge(table, where)
    if verdict.isna().any():
        raise SelectionError(
            f"whether '{where}' holds is not known for {int(verdict.isna().sum())} candidates; "
            "leave them out with a condition first.",
            ("method", "present"),
            nb=f"om '{where}' gjelder, er ikke kjent for {int(verdict.isna().sum())} kandidater; "
            "utelat dem først med et vilkår.",
        )
    return verdict.astype(bool)


def _rank_pairs(
    rule: Rule, method: Pairs, table: pd.DataFrame, ties: ranking.TieBreak
) -> pd.DataFrame:
    """Every pair the method allows, in order; `network_id` is set where both are to be in it."""
    how = distance_of(rule, method)
    if method.metric == "propensity":
        treatment = "in_network" if method.partner == "outside" else str(_compared(method))
        square = distance.propensity_matrix(table, treatment, how.on)
    else:
        square = distance.matrix(table, how)
    pairs = distance.exactly_alike(distance.all_pairs(square), table, method.exact)
    if isinstance(method, MostDifferent):
        pairs = distance.agreeing(pairs, table, method.same_on, method.within)
    elif method.differ_on is not None:
        pairs = distance.differing(pairs, table, method.differ_on, method.at_least)
    if pairs.empty:
        raise SelectionError(
            "No two candidates meet what is asked of a pair. Loosen 'exact', 'at_least' or "
            "'within'.",
            ("method",),
            nb="Ingen to kandidater er slik et par skal være. Gjør 'exact', 'at_least' eller "
            "'within' videre.",
        )
    largest_first = isinstance(method, MostDifferent)
    return distance.ranked_pairs(pairs, table, largest_first=largest_first, tie_break=ties)


def _compared(method: Pairs) -> str | None:
    return method.same_on if isinstance(method, MostDifferent) else method.differ_on


def with_membership(table: pd.DataFrame, strata: Mapping[str, list[str]]) -> pd.DataFrame:
    """The table with `in_network`: whether a candidate is in one of the chosen networks."""
    inside = {code for members in strata.values() for code in members}
    return table.assign(in_network=table.index.isin(list(inside)))


def rank_networks(rule: Rule, candidates: Candidates) -> pd.DataFrame:
    """Every network with members, in the order of the rule's method for networks."""
    table = network_table(rule, candidates)
    if rule.networks.among:
        table = table[table.index.isin(list(rule.networks.among))]
    if len(table) < (rule.networks.choose or 0):
        raise SelectionError(
            f"{rule.networks.choose} networks are to be chosen, and {len(table)} have members on "
            f"the evidence accepted ({', '.join(rule.membership.basis)}).",
            ("networks",),
            nb=f"{rule.networks.choose} nettverk skal velges, og {len(table)} har medlemmer med "
            f"belegget som godtas ({', '.join(rule.membership.basis)}).",
        )
    return rank(rule, table, rule.networks.method)


# --- taking ---------------------------------------------------------------------------------------


def quotas(rule: Rule, networks: Iterable[str]) -> dict[str, int]:
    """How many cases are asked for in each network."""
    return {n: rule.cases.in_network.get(n, rule.cases.per_network) for n in networks}


def take(rule: Rule, order: pd.DataFrame, strata: Mapping[str, list[str]]) -> pd.DataFrame:
    """The cases of each network: network_id, place, municipality_code, rank, score, partner_code.

    Places that overrides have taken are not filled.
    """
    asked = quotas(rule, strata)
    overridden = [o for o in rule.overrides if o.decision == "take"]
    for override in overridden:
        asked[override.network] = max(asked.get(override.network, 0) - 1, 0)
    taken = {override.municipality for override in overridden}
    free = {network: [c for c in codes if c not in taken] for network, codes in strata.items()}
    if isinstance(rule.method, Pairs):
        return take_pairs(rule.method, order, free, asked)
    chosen = ranking.by_quota(order, free, asked)
    chosen = chosen.rename(columns={"stratum": "network_id"}).rename_axis("municipality_code")
    chosen = chosen.reset_index().assign(partner_code=None)
    return chosen[[*CHOSEN_COLUMNS[:3], "rank", "score", "partner_code"]]


def take_pairs(
    method: Pairs, order: pd.DataFrame, strata: Mapping[str, list[str]], asked: Mapping[str, int]
) -> pd.DataFrame:
    """The cases of each network by pairs; no case comes twice. Columns as in `take`."""
    taken: set[str] = set()
    rows = []
    for network, number in asked.items():
        allowed = allowed_pairs(method, order, strata, network)
        free = allowed[~allowed["code_a"].isin(taken) & ~allowed["code_b"].isin(taken)]
        pairs = number // 2 if method.partner == "within" else number
        chosen = distance.disjoint(free, pairs)
        if len(chosen) < pairs:
            raise SelectionError(
                f"{network}: pairs asked for: {pairs}, pairs there are that share no case: "
                f"{len(chosen)}. Ask for fewer, or loosen what is asked of a pair.",
                ("cases",),
                nb=f"{network}: det bes om {pairs} par, og {len(chosen)} finnes uten felles case. "
                "Be om færre, eller krev mindre av et par.",
            )
        taken |= {*chosen["code_a"], *chosen["code_b"]}
        rows += [
            {"network_id": network, "municipality_code": code, "partner_code": partner,
             "rank": number, "score": far}
            for a, b, number, far in chosen[["code_a", "code_b", "rank", "distance"]].to_numpy()
            for code, partner in [(a, b), (b, a)]
            if code in strata[network]
        ]  # fmt: skip
    chosen = pd.DataFrame(rows, columns=["network_id", "municipality_code", "rank", "score",
                                         "partner_code"])  # fmt: skip
    chosen["place"] = chosen.groupby("network_id").cumcount() + 1
    return chosen[[*CHOSEN_COLUMNS[:3], "rank", "score", "partner_code"]]


def allowed_pairs(
    method: Pairs, order: pd.DataFrame, strata: Mapping[str, list[str]], network: str
) -> pd.DataFrame:
    """The pairs a network may choose among: both in it, or one in it and one in none of them."""
    a_in = order["code_a"].isin(strata[network])
    b_in = order["code_b"].isin(strata[network])
    if method.partner == "within":
        return order[a_in & b_in]
    inside = [code for members in strata.values() for code in members]
    a_out, b_out = ~order["code_a"].isin(inside), ~order["code_b"].isin(inside)
    return order[(a_in & b_out) | (a_out & b_in)]


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
    for network, members in strata.items():
        mine = chosen[(chosen["network_id"] == network) & (chosen["chosen_by"] == "rule")]
        everybody = list(chosen["municipality_code"])
        if isinstance(rule.method, Pairs):
            pairs = allowed_pairs(rule.method, order, strata, network)
            near = _next_pairs(pairs, everybody, mine["score"])
        else:
            others = [code for code in members if code not in everybody]
            eligible = [*others, *mine["municipality_code"]]
            near = ranking.runners_up(order, eligible, list(mine["municipality_code"]))
            near = near.rename_axis("municipality_code").reset_index().assign(partner_code=None)
        found.append(near.assign(network_id=network))
    columns = ["network_id", "municipality_code", "partner_code", "rank", "score", "margin",
               "margin_in_spreads"]  # fmt: skip
    return pd.concat(found, ignore_index=True)[columns]


def _next_pairs(pairs: pd.DataFrame, chosen: list[str], scores: pd.Series) -> pd.DataFrame:
    """The next pairs of those not chosen, with their margin to the last pair chosen."""
    free = pairs[~pairs["code_a"].isin(chosen) & ~pairs["code_b"].isin(chosen)]
    near = distance.disjoint(free, 3).rename(
        columns={"code_a": "municipality_code", "code_b": "partner_code", "distance": "score"}
    )
    margin = (near["score"] - (scores.iloc[-1] if len(scores) else np.nan)).abs()
    spread = pairs["distance"].std(ddof=1)
    return near.assign(margin=margin, margin_in_spreads=margin / spread)
