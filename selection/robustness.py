"""What keeps a stable case from being called robust: membership in doubt, a poor model, no choice.

Seawright and Gerring (2008), Political Research Quarterly 61:294, choose typical and deviant cases
by a regression, so the choice is worth no more than the model. `candidates_per_predictor` follows
the rule of thumb of 10 to 15 observations a predictor in Harrell (2015), Regression Modeling
Strategies. The limit for R-squared has no source: it is a choice of this project.
"""

from collections.abc import Iterable
from typing import Literal

from selection import regression
from selection.candidates import Candidates
from selection.choice import Selection
from selection.universe import transformed

Shortfall = Literal[
    "weak_evidence",
    "ended_agreement",
    "override",
    "no_alternative",
    "little_explained",
    "few_candidates",
]
Case = tuple[str, str]
"""The network and code of a municipality."""


def shortfalls(
    selection: Selection, candidates: Candidates, cases: Iterable[Case]
) -> list[list[Shortfall]]:
    """For each municipality, chosen or often chosen, why it is at most borderline however stable.

    An exception to the rule is in every run, and no model has chosen it; where a network has no
    more candidates than cases, its candidates are in every run too. A run may choose a network
    that the rule itself did not.
    """
    rule = selection.rule
    lowers = rule.sensitivity.weak_evidence == "lowers"
    cases = list(cases)
    networks = {network for network, _ in cases}
    weak = {n: candidates.weak_members(n) if lowers else set() for n in networks}
    ended = {n: candidates.members_under_ended_agreement(n) for n in networks}
    exceptions = {(o.network, o.municipality) for o in rule.overrides if o.decision == "take"}
    quotas = rule.quotas(selection.networks)
    forced = {n for n, asked in quotas.items() if len(selection.strata[n]) <= asked}
    model = of_model(selection)
    found: list[list[Shortfall]] = []
    for network, code in cases:
        own: list[Shortfall] = []
        if code in weak[network]:
            own.append("weak_evidence")
        if code in ended[network]:
            own.append("ended_agreement")
        if (network, code) in exceptions:
            found.append([*own, "override"])
            continue
        found.append(own + ["no_alternative"] * (network in forced) + model)
    return found


def of_model(selection: Selection) -> list[Shortfall]:
    """What the regression of the method lacks; nothing for a method without one."""
    rule, asked = selection.rule, selection.rule.sensitivity
    model = rule.method.model(rule.roles)
    if model is None:
        return []
    done = regression.fit(transformed(selection.universe.table, rule), model)
    found: list[Shortfall] = []
    if done.rsquared < asked.minimum_r_squared:
        found.append("little_explained")
    if done.nobs < asked.candidates_per_predictor * len(model.explained_by):
        found.append("few_candidates")
    return found
