"""Influential cases: those on which a model hangs.

Belsley, Kuh and Welsch (1980), Regression Diagnostics; Cook (1977), Technometrics 19:15; as a
choice of cases, Seawright and Gerring (2008), Political Research Quarterly 61:294.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.stats import f as f_distribution

from common.errors import SelectionError
from selection.entry import Bilingual, Phrasing, Problem
from selection.method import RegressionMethod, about_a_cause, regression_in_words
from selection.ranking import TieBreak, ranked
from selection.regression import LinearModel, fit, studentised
from selection.roles import Goal, Roles

Measure = Literal["cooks_distance", "hat", "dfbetas"]

_MEASURES = {
    "cooks_distance": Bilingual(nb="Cooks avstand", en="Cook's distance"),
    "hat": Bilingual(nb="vektstang (hat-verdi)", en="leverage (hat value)"),
    "dfbetas": Bilingual(nb="DFBETAS", en="DFBETAS"),
}


class Influential(RegressionMethod):
    """The cases a regression hangs on, by Cook's distance, hat value or DFBETAS of the cause."""

    name: Literal["influential"]
    measure: Measure = Field(default="cooks_distance", examples=["dfbetas"])
    """Cook's distance, the leverage (hat value), or the DFBETAS of the cause."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "influential": Bilingual(nb="innflytelsesrike", en="influential")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Kommunene som påvirker modellen mest, kommer først.",
        en="The most influential municipalities come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å undersøke kommunene som påvirker modellen mest",
        en="to check the municipalities that influence the model most",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.ESTIMATE, Goal.TEST})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        return phrasing(
            "innflytelsesrike kommuner, etter {measure} i {model}",
            "influential cases, by {measure} in {model}",
            measure=_MEASURES[self.measure].text_in(phrasing.language),
            model=regression_in_words(self, roles, phrasing),
        )

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        yield from super().lacks(roles)
        if self.measure == "dfbetas":
            yield from about_a_cause(self, roles)

    def by_outcome(self, roles: Roles) -> bool:
        """The outcome is in its model too, but to question the estimate."""
        return roles.outcome in self.on

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        ties = roles.ties_in(table)
        return most_influential(table, self.regression(roles), self.measure, roles.cause, ties)


def most_influential(
    table: pd.DataFrame,
    model: LinearModel,
    measure: Measure = "cooks_distance",
    cause: str | None = None,
    tie_break: TieBreak = (),
) -> pd.DataFrame:
    """Cases the model hangs on: Cook's distance, hat value, or DFBETAS of the cause.

    Belsley, Kuh and Welsch (1980), Regression Diagnostics; Cook (1977), Technometrics 19:15.
    `flagged` names the measures beyond the limits that R's influence.measures uses.
    """
    done = fit(table, model)
    influence = done.get_influence()
    case = pd.DataFrame(
        {
            "cooks_distance": influence.cooks_distance[0],
            "hat": influence.hat_matrix_diag,
            "studentised": studentised(done),
            "dffits": influence.dffits[0],
            "covariance_ratio": influence.cov_ratio,
        },
        index=done.fittedvalues.index,
    )
    dfbetas = pd.DataFrame(influence.dfbetas, case.index, done.params.index)
    case["flagged"] = _flags(case, dfbetas)
    if measure == "dfbetas":
        if cause not in model.explained_by:
            raise SelectionError(
                f"'{cause}' is not in the model, so it has no DFBETAS.",
                nb=f"'{cause}' er ikke med i modellen og har derfor ingen DFBETAS.",
            )
        case["dfbetas"] = dfbetas[cause]
    order = ranked(table, case[measure].abs(), largest_first=True, tie_break=tie_break)
    return order.join(case)


def _flags(case: pd.DataFrame, dfbetas: pd.DataFrame) -> pd.Series:
    """For each case the measures beyond the limits of R's influence.measures."""
    n, k = dfbetas.shape
    beyond = {
        "dfbetas": (dfbetas.abs() > 1).any(axis=1),
        "dffits": case["dffits"].abs() > 3 * np.sqrt(k / (n - k)),
        "covariance_ratio": (1 - case["covariance_ratio"]).abs() > 3 * k / (n - k),
        "cooks_distance": f_distribution.cdf(case["cooks_distance"], k, n - k) > 0.5,
        "hat": case["hat"] > 3 * k / n,
    }
    flags = pd.DataFrame(beyond, index=case.index)
    return flags.apply(lambda row: ", ".join(row.index[row]), axis=1)
