"""Extreme cases: those farthest out.

Source: Seawright and Gerring (2008), Political Research Quarterly 61:294, on one variable;
Seawright (2016), Sociological Methods & Research 45:493, prefers extremes on the cause.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from common.errors import SelectionError
from selection import weights
from selection.distance import Matrix, Scaling, scaled
from selection.entry import Bilingual, Phrasing, Problem
from selection.method import Draw, MethodOnColumns, Strata, several
from selection.ranking import TieBreak, ranked
from selection.roles import Goal, Roles

End = Literal["high", "low", "both"]


class Extreme(MethodOnColumns):
    """Farthest out on the cause, or on the columns of `on`, put together by their weights."""

    name: Literal["extreme"]
    end: End = Field(default="both", examples=["high"])
    """The high end, the low end, or either."""
    scaling: Scaling = Field(default="z", examples=["rank"])
    """How the columns are brought to one scale."""

    titles: ClassVar[Mapping[str, Bilingual]] = {"extreme": Bilingual(nb="ekstreme", en="extreme")}
    does: ClassVar[Bilingual] = Bilingual(
        nb="Kommunene med de mest ekstreme verdiene kommer først.",
        en="The municipalities with the most extreme values come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å oppdage det bare få kommuner viser tydelig",
        en="to discover what only few municipalities show clearly",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.EXPLORE})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        ends = {
            "both": ("begge ender", "either end"),
            "high": ("den høye enden", "the high end"),
            "low": ("den lave enden", "the low end"),
        }
        signed = self.signed_weights(roles)
        return phrasing(
            "kommuner med de mest ekstreme verdiene i {end} av {parts}",
            "cases with the most extreme values at {end} of {parts}",
            end=phrasing(*ends[self.end]),
            parts=", ".join(
                f"{phrasing.column(name)} ({phrasing.number(by)})" for name, by in signed.items()
            ),
        )

    def signed_weights(self, roles: Roles) -> dict[str, float]:
        """The columns with their weights; those in which lower is better are turned round.

        Raises SelectionError where several are put together and one has no direction.
        """
        columns = self.on or tuple(filter(None, [roles.cause]))
        entries = {entry.name: entry for entry in roles.indicators}
        signed = {}
        for column in columns:
            entry = entries.get(column)
            if entry is None:  # a column of the profiles of networks, as it is
                signed[column] = 1.0
            elif len(columns) == 1:
                signed[column] = entry.weight
            elif entry.direction == "none":
                raise SelectionError(
                    f"'{column}' has no direction, so it can't be put together with others. Say "
                    "'direction: higher' or 'direction: lower'.",
                    ("indicators", list(entries).index(column)),
                    nb=f"'{column}' har ingen retning og kan ikke settes sammen med andre. Skriv "
                    "'direction: higher' eller 'direction: lower'.",
                )
            else:
                signed[column] = entry.weight * (1 if entry.direction == "higher" else -1)
        return signed

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return tuple(self.signed_weights(roles))

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        if not self.on and roles.cause is None:
            what = Bilingual(
                nb="si i 'on' hva det skal være ekstremt i, eller gi en indikator rollen cause.",
                en="say in 'on' what to be extreme on, or give an indicator the role cause.",
            )
            yield ("method",), what
            return
        try:
            self.signed_weights(roles)
        except SelectionError as error:
            yield error.place, Bilingual(nb=error.nb, en=str(error))

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        signed, ties = self.signed_weights(roles), roles.ties_in(table)
        return farthest_out(table, signed, self.end, self.scaling, ties)

    def weighted(self, roles: Roles) -> tuple[str, ...]:
        return several(list(self.signed_weights(roles)), self)

    def choose_under(
        self, drawn: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        names, table = self.weighted(roles), table.sort_index()
        signs = np.sign([self.signed_weights(roles)[name] for name in names])
        columns = scaled(table, names, self.scaling).to_numpy(float)
        standard = columns @ (drawn * signs).T / drawn.sum(axis=1)
        smallest = {"both": -np.abs(standard), "low": standard, "high": -standard}[self.end]
        return weights.take(np.asarray(smallest), table, roles, strata, asked)


def composite(
    table: pd.DataFrame, weights: Mapping[str, float], scaling: Scaling = "z"
) -> pd.Series:
    """The weighted mean of scaled columns; a negative weight turns a column round."""
    names = sorted(weights)
    columns = scaled(table.sort_index(), names, scaling)
    signed = np.array([weights[name] for name in names])
    return pd.Series(columns.to_numpy() @ signed / np.abs(signed).sum(), columns.index)


def farthest_out(
    table: pd.DataFrame,
    weights: Mapping[str, float],
    end: End = "both",
    scaling: Scaling = "z",
    tie_break: TieBreak = (),
) -> pd.DataFrame:
    """Farthest from the mean: abs((x - mean) / s), or only at the high or the low end.

    Seawright and Gerring (2008), on one variable; Seawright (2016), Sociological Methods &
    Research 45:493, prefers extremes on the cause. With several columns it is their weighted mean.
    `standard_score` keeps the sign.
    """
    standard = composite(table, weights, scaling)
    score = standard.abs() if end == "both" else standard
    order = ranked(table, score, largest_first=end != "low", tie_break=tie_break)
    return order.assign(standard_score=standard.loc[order.index])
