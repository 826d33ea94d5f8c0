"""Random cases: by lot, within the networks a stratified random choice.

The benchmark every other method is held to; Herron and Quinn (2016), Sociological Methods &
Research 45:458, find it good for estimating effects.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import pandas as pd

from common.errors import SelectionError
from selection import ranking
from selection.entry import Bilingual, Phrasing
from selection.method import Unweighted
from selection.roles import Goal, Roles


class Random(Unweighted):
    """By lot, with the seed of the rule; within the networks it is a stratified random choice."""

    name: Literal["random"]

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "random": Bilingual(nb="tilfeldig trekning", en="random draw")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Tilfeldig trekning med startverdien i regelen.",
        en="Random draw with the seed of the rule.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="som sammenligningsgrunnlag, eller når utvalget skal gjelde alle (få tilfeldig valgte "
        "kan likevel gi et skjevt utvalg)",
        en="as a benchmark, or when the selection is to represent all (few random cases can "
        "still be unrepresentative)",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.DESCRIBE, Goal.ESTIMATE, Goal.TEST})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        return phrasing(
            "tilfeldig trekning i rekkefølgen til SHA-256 av startverdien {seed} og kommunenummer",
            "random draw in the order of the SHA-256 of the seed {seed} and the municipality code",
            seed=roles.seed,
        )

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return ()

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        return ranking.random_order(list(table.index), roles.seed)

    def why_unweighted(self) -> SelectionError:
        return SelectionError(
            "a choice by lot has none.", nb="en tilfeldig trekning har ingen vekter."
        )
