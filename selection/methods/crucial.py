"""Crucial cases: most or least likely by a theory that is declared beforehand.

Eckstein (1975), Case Study and Theory in Political Science; Gerring (2007), Comparative Political
Studies 40:231.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field

from common.errors import SelectionError
from selection.conditions import judge
from selection.distance import scaled
from selection.entry import Bilingual, Phrasing, Place
from selection.method import Unweighted
from selection.ranking import TieBreak, ranked
from selection.roles import Goal, Roles

Likelihood = Literal["most_likely", "least_likely"]
_INTERCEPT = "intercept"


class Crucial(Unweighted):
    """Most or least likely by a declared expectation."""

    name: Literal["crucial"]
    kind: Likelihood = Field(examples=["least_likely"])
    """Those where theory expects the outcome most, or least."""
    expectation: Annotated[dict[str, float], Field(min_length=1)] = Field(
        examples=[{"intercept": 0.0, "higher_education_share": 1.0}]
    )
    """For each indicator the change in log odds of the outcome that theory expects of one standard
    deviation, and `intercept`."""
    present: str | None = Field(default=None, examples=["accessibility_breaches_per_statement < 5"])
    """SQL that says whether the outcome is there; with it only cases that contradict the theory are
    left."""

    titles: ClassVar[Mapping[str, Bilingual]] = {
        "crucial": Bilingual(nb="avgjørende", en="crucial")
    }
    does: ClassVar[Bilingual] = Bilingual(
        nb="Kommunene der teorien har størst eller minst grunn til å slå til, kommer først.",
        en="The municipalities where the theory is most, or least, likely to hold come first.",
    )
    good_for: ClassVar[Bilingual] = Bilingual(
        nb="for å teste en teori der den bør holde, eller ikke bør holde",
        en="to test a theory where it should hold, or should not",
    )
    serves: ClassVar[frozenset[Goal]] = frozenset({Goal.TEST})
    names_indicators: ClassVar[tuple[str, ...]] = ("expectation",)

    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        names = {_INTERCEPT: phrasing("konstantledd", "intercept")}
        parts = "; ".join(
            f"{names.get(name) or phrasing.column(name)} {phrasing.number(change)}"
            for name, change in self.expectation.items()
        )
        likely = {"most_likely": ("mest", "most"), "least_likely": ("minst", "least")}
        nb, en = likely[self.kind]
        described = phrasing(
            "der utfallet er " + nb + " sannsynlig etter den oppgitte forventningen "
            "(log odds: {parts})",
            en + " likely cases by the declared expectation (log odds: {parts})",
            parts=parts,
        )
        if self.present is None:
            return described
        among = phrasing(
            "blant kommunene som strider mot den ({present})",
            "among those that contradict it ({present})",
            present=self.present,
        )
        return f"{described}, {among}"

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        """None. Raises SelectionError: only a rule of its own declares what theory expects."""
        raise SelectionError(
            "its expectation has to be declared in the rule.",
            nb="forventningen må være oppgitt i regelen.",
        )

    def columns_named(self) -> Iterator[tuple[Place, str, bool]]:
        for place, column, is_indicator in super().columns_named():
            if column != _INTERCEPT:
                yield place, column, is_indicator

    def by_outcome(self, roles: Roles) -> bool:
        return self.present is not None

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return tuple(sorted(set(self.expectation) - {_INTERCEPT}))

    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        present = None if self.present is None else _known(table, self.present)
        ties = roles.ties_in(table)
        return by_likelihood(table, self.expectation, self.kind, present, ties)

    def why_unweighted(self) -> SelectionError:
        return SelectionError(
            "a crucial case has the weights of the expectation.",
            nb="et avgjørende case har vektene til forventningen.",
        )


def _known(table: pd.DataFrame, where: str) -> pd.Series:
    """Whether the outcome is there. Raises SelectionError where that can't be judged."""
    verdict = judge(table, where)
    if verdict.isna().any():
        raise SelectionError(
            f"whether '{where}' holds is not known for {int(verdict.isna().sum())} candidates; "
            "leave them out with a condition first.",
            ("method", "present"),
            nb=f"om '{where}' gjelder, er ikke kjent for {int(verdict.isna().sum())} kandidater; "
            "utelat dem først med et vilkår.",
        )
    return verdict.astype(bool)


def by_likelihood(
    table: pd.DataFrame,
    expectation: Mapping[str, float],
    kind: Likelihood,
    present: pd.Series | None = None,
    tie_break: TieBreak = (),
) -> pd.DataFrame:
    """Most or least likely cases, by what the theory expects before the data are asked.

    `expectation` is declared, not estimated: `intercept`, and for each column the change in log
    odds of the outcome that theory expects of one standard deviation. The expected probability is
    the `score`. With `present` (is the outcome there?) only cases that contradict the theory are
    left: most likely ones without the outcome, least likely ones with it. Eckstein (1975), Case
    Study and Theory in Political Science; Gerring (2007), Comparative Political Studies 40:231.
    """
    names = sorted(set(expectation) - {_INTERCEPT})
    if not names:
        raise SelectionError("A crucial case needs an expectation of at least one indicator.")
    columns = scaled(table.sort_index(), names)
    slopes = np.array([expectation[name] for name in names])
    log_odds = expectation.get(_INTERCEPT, 0.0) + columns.to_numpy() @ slopes
    probability = pd.Series(1 / (1 + np.exp(-log_odds)), columns.index)
    if present is not None:
        wanted = kind == "least_likely"
        probability = probability[present.loc[probability.index].astype(bool) == wanted]
        if probability.empty:
            raise SelectionError(
                f"No candidate contradicts the expectation as a {kind.replace('_', ' ')} case: "
                f"the outcome is {'absent' if wanted else 'present'} in all of them."
            )
    order = ranked(table, probability, largest_first=kind == "most_likely", tie_break=tie_break)
    return order.assign(expected_probability=order["score"])
