"""Most different cases: pairs unlike in background that agree in one thing.

What they do not share can't be necessary for what they do (Seawright and Gerring 2008, Political
Research Quarterly 61:294).
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, Self

import pandas as pd
from pydantic import Field

from selection import pairs
from selection.entry import Bilingual, Id, Phrasing
from selection.pair_method import PairMethod, no_outcome
from selection.roles import Goal, Roles


class MostDifferent(PairMethod):
    """Pairs far apart on the background that agree in one column."""

    name: Literal["most_different"]
    same_on: Id = Field(examples=["accessibility_breaches_per_statement"])
    """The indicator in which both agree."""
    within: float = Field(default=0.25, ge=0, examples=[0.5])
    """So many standard deviations apart at most."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "most_different": Bilingual(nb="mest ulike", en="most different")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Par med mest mulig ulik bakgrunn som er like på ett punkt.",
        en="Pairs with the most different background that agree on one point.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å utelukke vilkår som ikke er nødvendige",
        en="to rule out conditions that are not necessary",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.EXPLORE, Goal.TEST})
    names_indicators: ClassVar[tuple[str, ...]] = ("on", "same_on")
    farthest_first: ClassVar[bool] = True

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        if roles.outcome is None:
            raise no_outcome()
        yield cls(name="most_different", same_on=roles.outcome)

    @property
    def compared(self) -> str | None:
        return self.same_on

    def comparing(self, found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
        return pairs.agreeing(found, table, self.same_on, self.within)

    def kind_in_words(self, phrasing: Phrasing) -> str:
        return phrasing("par som er mest ulike", "most different pairs")

    def comparison_in_words(self, phrasing: Phrasing) -> str:
        return phrasing(
            "med høyst {by} standardavvik mellom seg i «{on}»",
            "and within {by} standard deviations of each other on “{on}”",
            by=phrasing.number(self.within),
            on=phrasing.column(self.same_on),
        )
