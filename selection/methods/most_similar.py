"""Most similar cases: pairs alike in background that differ in one thing.

Exploring, they differ in the outcome; estimating, in the cause, and the outcome plays no part
(Seawright and Gerring 2008, Political Research Quarterly 61:294; Nielsen 2016, Sociological
Methods & Research 45).
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from selection import pairs
from selection.entry import Bilingual, Id, Phrasing, misfit
from selection.pair_method import PairMethod, no_outcome
from selection.roles import Goal, Roles


class MostSimilar(PairMethod):
    """Pairs alike on the background that differ in one column."""

    name: Literal["most_similar"]
    differ_on: Id | None = Field(default=None, examples=["old_age_dependency_ratio"])
    """The indicator in which the two differ; can be left out with a partner outside."""
    at_least: float = Field(default=1.0, gt=0, examples=[0.5])
    """So many standard deviations apart at least."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "most_similar": Bilingual(nb="mest like", en="most similar")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Par med mest mulig lik bakgrunn som skiller seg på ett punkt.",
        en="Pairs with the most similar background that differ on one point.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å sammenligne to kommuner som ellers er mest mulig like",
        en="to compare two municipalities that are otherwise as similar as possible",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset(
        {Goal.EXPLORE, Goal.ESTIMATE, Goal.FIND_MECHANISMS}
    )
    names_indicators: ClassVar[tuple[str, ...]] = ("on", "differ_on")
    farthest_first: ClassVar[bool] = False

    @model_validator(mode="after")
    def _something_differs(self) -> Self:
        if self.partner == "within" and self.differ_on is None:
            raise misfit(
                "say in 'differ_on' which indicator the two are to differ in: the outcome when "
                "exploring, the cause when estimating",
                "si i 'differ_on' hvilken indikator de to skal være ulike på: utfallet når målet "
                "er å utforske, årsaken når det er å anslå",
            )
        return self

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        if roles.outcome is None:
            raise no_outcome()
        yield cls(name="most_similar", differ_on=roles.outcome)

    @property
    def compared(self) -> str | None:
        return self.differ_on

    def comparing(self, found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
        if self.differ_on is None:
            return found
        return pairs.differing(found, table, self.differ_on, self.at_least)

    def kind_in_words(self, phrasing: Phrasing) -> str:
        return phrasing("par som ligner mest på hverandre", "most similar pairs")

    def comparison_in_words(self, phrasing: Phrasing) -> str:
        if not self.differ_on:
            return ""
        return phrasing(
            "og med minst {by} standardavvik mellom seg i «{on}»",
            "and at least {by} standard deviations apart on “{on}”",
            by=phrasing.number(self.at_least),
            on=phrasing.column(self.differ_on),
        )
