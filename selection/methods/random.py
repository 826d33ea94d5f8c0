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
        "random": Bilingual(nb="loddtrekning", en="random")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Loddtrekning med frøet i regelen.", en="By lot, with the seed of the rule."
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="som målestokk, og for det som skal gjelde alle (noen få som trekkes, kan bli et skjevt "
        "utvalg)",
        en="as a benchmark, and for what is to hold of all (few drawn by lot can be lopsided)",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.DESCRIBE, Goal.ESTIMATE, Goal.TEST})

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        return phrasing(
            "loddtrekning, i rekkefølgen til SHA-256 av frøet {seed} og kommunenummeret",
            "by lot, in the order of the SHA-256 of the seed {seed} and the code",
            seed=roles.seed,
        )

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return ()

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        return ranking.random_order(list(table.index), roles.seed)

    def why_unweighted(self) -> SelectionError:
        return SelectionError("a choice by lot has none.", nb="en loddtrekning har ingen vekter.")
