"""Pathway cases: those in which a cause seems to work most.

Weller and Barnes (2014), Finding Pathways; Gerring (2007), Comparative Political Studies 40:231.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import pandas as pd

from common.errors import SelectionError
from selection.entry import Bilingual, Phrasing, Problem
from selection.method import RegressionMethod, about_a_cause, regression_in_words
from selection.ranking import TieBreak, ranked
from selection.regression import LinearModel, fit
from selection.roles import Goal, Roles


class Pathway(RegressionMethod):
    """The cases a cause brings nearest to their outcome."""

    name: Literal["pathway"]

    titles: ClassVar[Mapping[str, Bilingual]] = {"pathway": Bilingual(nb="årsaksvei", en="pathway")}
    does: ClassVar[Bilingual] = Bilingual(
        nb="Kommunene der årsaken reduserer modellens avvik mest, kommer først.",
        en="The municipalities where the cause reduces the model's error most come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å se hvordan en årsak virker der den betyr mest",
        en="to see how a cause works where it matters most",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.FIND_MECHANISMS})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        return phrasing(
            "kommuner der residualen reduseres mest når «{cause}» tas inn i {model}",
            "pathway cases, whose residuals shrink most when “{cause}” enters {model}",
            cause=phrasing.column(str(roles.cause)),
            model=regression_in_words(self, roles, phrasing),
        )

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        yield from super().lacks(roles)
        yield from about_a_cause(self, roles)

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        return brought_nearest(
            table, self.regression(roles), str(roles.cause), roles.ties_in(table)
        )


def brought_nearest(
    table: pd.DataFrame, model: LinearModel, cause: str, tie_break: TieBreak = ()
) -> pd.DataFrame:
    """Cases the cause brings nearest to their outcome: abs(residual without) - abs(residual with).

    Weller and Barnes (2014), Finding Pathways, among the cases that meet the condition of Gerring
    (2007), Comparative Political Studies 40:231, that the residual without the cause is the larger;
    the others are left out. Gerring's own value, abs(without - with), is beside it.
    """
    if cause not in model.explained_by:
        raise SelectionError(
            f"'{cause}' is not in the model, so no pathway leads from it.",
            nb=f"'{cause}' er ikke med i modellen, så ingen vei går ut fra den.",
        )
    others = tuple(column for column in model.explained_by if column != cause)
    reduced = fit(table, LinearModel(model.outcome, others)).resid if others else None
    full = fit(table, model).resid
    if reduced is None:  # without any other indicator, the model is the mean
        outcome = table.sort_index()[model.outcome].astype(float)
        reduced = outcome - outcome.mean()
    gain = reduced.abs() - full.abs()
    order = ranked(table, gain[gain > 0], largest_first=True, tie_break=tie_break)
    return order.join(
        pd.DataFrame(
            {
                "residual_without": reduced,
                "residual_with": full,
                "gerring_value": (reduced - full).abs(),
            }
        )
    )
