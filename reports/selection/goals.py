"""Which method serves which goal: the goal is asked first.

Sources: Seawright and Gerring (2008); Gerring and Cojocaru (2016), Sociological Methods & Research
45:392, strategies by goal; Herron and Quinn (2016), Sociological Methods & Research 45:458, who
find random, influential and diverse choice best for estimating effects; Seawright (2016),
Sociological Methods & Research 45:493, who finds extreme-on-the-cause and deviant choice best for
discovery. They disagree because their goals do.
"""

from typing import Literal, NamedTuple

from reports.selection.rule import Crucial, Goal, Method, Rule, Typical

Verdict = Literal["fits", "warning", "refused"]

SELECTING_ON_THE_OUTCOME = (
    "it chooses by the outcome, and an effect estimated on cases chosen by their outcome is biased"
)
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
_GOOD_FOR: dict[str, str] = {
    "typical": "to describe the usual, and to see how a known relation works",
    "diverse": "to cover the range: describing, exploring, and estimating",
    "extreme": "to discover what few cases show clearly",
    "deviant": "to find explanations that the model lacks",
    "influential": "to check the cases on which the model hangs",
    "pathway": "to see how a cause works where it makes the most difference",
    "most_similar": "to compare two that differ in little else",
    "most_different": "to exclude conditions that are not necessary",
    "crucial": "to try a theory where it should hold, or should not",
    "random": "as a benchmark, and for what is to hold of all (few drawn by lot can be lopsided)",
}
GOAL_WORDS: dict[Goal, str] = {
    Goal.DESCRIBE: "describe",
    Goal.EXPLORE: "explore",
    Goal.FIND_MECHANISMS: "find mechanisms",
    Goal.ESTIMATE: "estimate an effect",
    Goal.TEST: "test a theory",
}


class Fit(NamedTuple):
    """Whether the method of a rule serves its goal, in a word and in words."""

    verdict: Verdict
    words: str


def fit(rule: Rule) -> Fit:
    """Whether the rule's method serves its goal: fits, warning or refused, with the reason."""
    name, goal = rule.method.name, rule.goal
    asked = f"The goal is to {GOAL_WORDS[goal]}; {name.replace('_', ' ')} cases are chosen"
    if goal is Goal.ESTIMATE and chooses_by_outcome(rule):
        return Fit(
            "refused",
            f"{asked}, but {SELECTING_ON_THE_OUTCOME}. Choose by the cause, "
            "by the background or by lot instead.",
        )
    if goal in _FITS[name]:
        return Fit("fits", f"{asked} {_GOOD_FOR[name]}, which fits.")
    better = " or ".join(key.replace("_", " ") for key in methods_for(goal))
    return Fit(
        "warning", f"{asked}, but they are good {_GOOD_FOR[name]}. For this goal rather {better}."
    )


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
