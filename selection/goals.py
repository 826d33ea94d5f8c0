"""Which method serves which goal: the goal is asked first.

Sources: Seawright and Gerring (2008); Gerring and Cojocaru (2016), Sociological Methods & Research
45:392, strategies by goal; Herron and Quinn (2016), Sociological Methods & Research 45:458, who
find random, influential and diverse choice best for estimating effects; Seawright (2016),
Sociological Methods & Research 45:493, who finds extreme-on-the-cause and deviant choice best for
discovery. They disagree because their goals do.
"""

from typing import Literal

from selection.rule import Crucial, Goal, Method, Rule, Typical

Verdict = Literal["fits", "warning", "refused"]

_FITS: dict[str, frozenset[Goal]] = {
    "typical": frozenset({Goal.DESCRIBE, Goal.FIND_MECHANISMS}),
    "diverse": frozenset({Goal.DESCRIBE, Goal.EXPLORE, Goal.ESTIMATE}),
    "extreme": frozenset({Goal.EXPLORE}),
    "deviant": frozenset({Goal.EXPLORE}),
    "influential": frozenset({Goal.ESTIMATE, Goal.TEST}),
    "pathway": frozenset({Goal.FIND_MECHANISMS}),
    "most_similar": frozenset({Goal.EXPLORE, Goal.ESTIMATE, Goal.FIND_MECHANISMS}),
    "most_different": frozenset({Goal.EXPLORE, Goal.TEST}),
    "crucial": frozenset({Goal.TEST}),
    "random": frozenset({Goal.DESCRIBE, Goal.ESTIMATE, Goal.TEST}),
}


def fit(rule: Rule) -> Verdict:
    """Whether the method serves the goal; `refused` where it would give a biased estimate."""
    if rule.goal is Goal.ESTIMATE and chooses_by_outcome(rule):
        return "refused"
    return "fits" if rule.goal in _FITS[rule.method.name] else "warning"


def methods_for(goal: Goal) -> list[str]:
    """The methods that serve a goal."""
    return [name for name, goals in _FITS.items() if goal in goals]


def chooses_by_outcome(rule: Rule) -> bool:
    """Whether the figures of the outcome decide who is chosen."""
    method = rule.method
    if isinstance(method, Typical) and method.form == "model":
        return True
    if isinstance(method, Crucial):
        return method.present is not None
    # the model of influential cases has the outcome in it too, but to question the estimate
    return method.name in {"deviant", "pathway"} or rule.outcome in _columns_of(method)


def _columns_of(method: Method) -> set[str | None]:
    """The columns a method names itself."""
    said = method.model_dump()
    lists = ("on", "quantiles", "categories", "exact")
    columns = {column for key in lists for column in said.get(key) or ()}
    return columns | {said[key] for key in ("differ_on", "same_on") if said.get(key)}
