"""Deviant cases: those a model explains worst.

Source: Seawright and Gerring (2008), Political Research Quarterly 61:294; Rohlfing and Starke
(2013), Swiss Political Science Review 19:492, on intervals instead of bare residuals.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from selection.entry import Bilingual, Phrasing
from selection.method import RegressionMethod, regression_in_words
from selection.ranking import TieBreak, ranked
from selection.regression import LinearModel, residuals
from selection.roles import Goal, Roles

Side = Literal["above", "below", "both"]


class Deviant(RegressionMethod):
    """Worst explained by a regression."""

    name: Literal["deviant"]
    side: Side = Field(default="both", examples=["above"])
    """Above the line of the regression, below it, or both."""

    titles: ClassVar[Mapping[str, Bilingual]] = {"deviant": Bilingual(nb="avvikende", en="deviant")}
    does: ClassVar[Bilingual] = Bilingual(
        nb="Kommunene som modellen forklarer dårligst, kommer først.",
        en="The municipalities that the model explains worst come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å finne forklaringer som modellen mangler",
        en="to find explanations that the model lacks",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.EXPLORE})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        looked_for = {
            "both": ("med de største residualene", "with the largest residuals"),
            "above": ("lengst over linjen", "farthest above the line"),
            "below": ("lengst under linjen", "farthest below the line"),
        }
        nb, en = looked_for[self.side]
        return phrasing(
            "avvikende kommuner, " + nb + " i {model}",
            "deviant cases, " + en + " in {model}",
            model=regression_in_words(self, roles, phrasing),
        )

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        return worst_explained(table, self.regression(roles), self.side, roles.ties_in(table))


def worst_explained(
    table: pd.DataFrame, model: LinearModel, side: Side = "both", tie_break: TieBreak = ()
) -> pd.DataFrame:
    """Worst explained: the largest abs(residual), or only above or below what is expected.

    Only cases on the side asked for are ranked.
    """
    case = residuals(table, model)
    away = {"above": case["residual"], "below": -case["residual"]}.get(side, case["residual"].abs())
    on_that_side = away if side == "both" else away[away > 0]
    order = ranked(table, on_that_side, largest_first=True, tie_break=tie_break)
    return order.join(case)
