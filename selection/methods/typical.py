"""Typical cases: those that follow the pattern best.

Source: Seawright and Gerring (2008), Political Research Quarterly 61:294; for the descriptive
form Gerring (2007), Case Study Research, ch. 5.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, Self

import pandas as pd
from pydantic import Field

from selection import distance, weights
from selection.distance import Distance, Matrix, Metric, Scaling, from_centre
from selection.entry import Bilingual, Phrasing, Problem
from selection.method import (
    Draw,
    RegressionMethod,
    Strata,
    distance_in_words,
    needs_background,
    regression_in_words,
    several,
)
from selection.ranking import TieBreak, ranked
from selection.regression import LinearModel, residuals
from selection.roles import Goal, Roles


class Typical(RegressionMethod):
    """Best explained by a regression, or nearest the centre."""

    metric: Metric = Field(default="standardised", examples=["mahalanobis"])
    """How the distance to the centre is measured."""
    scaling: Scaling = Field(default="z", examples=["rank"])
    """How the columns are brought to one scale, for that distance."""
    name: Literal["typical"]
    form: Literal["model", "centre"] = Field(default="model", examples=["centre"])
    """Whether a case is typical by a regression (`model`) or by its distance to the centre."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "typical": Bilingual(nb="typiske", en="typical"),
        "typical_by_centre": Bilingual(
            nb="typiske (nærmest kandidatenes midtpunkt)", en="typical (nearest the centroid)"
        ),
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="De mest typiske kommunene kommer først.",
        en="The most typical municipalities come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å beskrive det vanlige og for å se hvordan en kjent sammenheng virker",
        en="to describe what is usual and to see how a known relation works",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.DESCRIBE, Goal.FIND_MECHANISMS})

    @property
    def label(self) -> str:
        return "typical" if self.form == "model" else "typical_by_centre"

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        if self.form == "model":
            return phrasing(
                "typiske kommuner, med de minste residualene i {model}",
                "typical cases, with the smallest residuals in {model}",
                model=regression_in_words(self, roles, phrasing),
            )
        return phrasing(
            "typiske kommuner, nærmest midtpunktet etter {distance}",
            "typical cases, nearest the centroid by {distance}",
            distance=distance_in_words(self, roles, phrasing),
        )

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        yield cls(name="typical")
        yield cls(name="typical", form="centre")

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return super().needed(roles) if self.form == "model" else self.distance(roles).on

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        return super().lacks(roles) if self.form == "model" else needs_background(self, roles)

    def by_outcome(self, roles: Roles) -> bool:
        return self.form == "model" or roles.outcome in self.on

    def not_for_networks(self) -> Bilingual | None:
        if self.form != "model":
            return None
        return Bilingual(
            en="so few networks bear no regression; say 'form: centre'",
            nb="så få nettverk bærer ingen regresjon; si 'form: centre'",
        )

    def model(self, roles: Roles) -> LinearModel | None:
        return self.regression(roles) if self.form == "model" else None

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        model, ties = self.model(roles), roles.ties_in(table)
        if model is not None:
            return best_explained(table, model, ties)
        return nearest_the_centre(table, self.distance(roles), ties)

    def weighted(self, roles: Roles) -> tuple[str, ...]:
        if self.form == "model":
            return super().weighted(roles)
        return several(self.distance(roles).on, self)

    def choose_under(
        self, drawn: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        self.weighted(roles)
        table, how = table.sort_index(), self.distance(roles)
        columns = distance.scaled(table, sorted(how.on), how.scaling)
        far = weights.squared(columns.to_numpy(float), weights.unweighted(table, how), drawn)
        return weights.take(far, table, roles, strata, asked)


def best_explained(
    table: pd.DataFrame, model: LinearModel, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """Best explained by the model: the smallest abs(residual)."""
    case = residuals(table, model)
    order = ranked(table, case["residual"].abs(), largest_first=False, tie_break=tie_break)
    return order.join(case)


def nearest_the_centre(
    table: pd.DataFrame, how: Distance, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """The smallest distance to the centre of all candidates: typical without a model."""
    return ranked(table, from_centre(table, how), largest_first=False, tie_break=tie_break)
