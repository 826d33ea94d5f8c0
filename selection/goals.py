"""Which method serves which goal: the goal is asked first.

Sources: Seawright and Gerring (2008); Gerring and Cojocaru (2016), Sociological Methods & Research
45:392, strategies by goal; Herron and Quinn (2016), Sociological Methods & Research 45:458, who
find random, influential and diverse choice best for estimating effects; Seawright (2016),
Sociological Methods & Research 45:493, who finds extreme-on-the-cause and deviant choice best for
discovery. They disagree because their goals do.
"""

from typing import Literal

from selection.methods import METHODS
from selection.roles import Goal
from selection.rule import Rule

Verdict = Literal["fits", "warning", "refused"]


def fit(rule: Rule) -> Verdict:
    """Whether the method serves the goal; `refused` where it would give a biased estimate."""
    if rule.goal is Goal.ESTIMATE and rule.method.by_outcome(rule.roles):
        return "refused"
    return "fits" if rule.goal in rule.method.serves else "warning"


def methods_for(goal: Goal) -> list[str]:
    """The methods that serve a goal."""
    return [method.method_name() for method in METHODS if goal in method.serves]
