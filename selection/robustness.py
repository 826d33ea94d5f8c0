"""What keeps a stable case from being called robust: the rule does not fit the figures.

Seawright and Gerring (2008), Political Research Quarterly 61:294, choose typical and deviant cases
by a regression, so the choice is worth no more than the model. `candidates_per_predictor` follows
the rule of thumb of 10 to 15 observations a predictor in Harrell (2015), Regression Modeling
Strategies. The limit for R-squared has no source: it is a choice of this project.
"""

from typing import Literal

from selection import regression
from selection.candidates import Candidates
from selection.choice import Selection
from selection.universe import transformed

Shortfall = Literal["weak_evidence", "little_explained", "few_candidates"]


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


def on_weak_evidence(selection: Selection, candidates: Candidates) -> set[tuple[str, str]]:
    """The network and code of each member whose weak evidence lowers what it may be called."""
    if selection.rule.sensitivity.weak_evidence == "ignored":
        return set()
    return {
        (network, code)
        for network in selection.networks
        for code in candidates.weak_members(network)
    }
