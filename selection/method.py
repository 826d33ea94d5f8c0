"""What every method of choosing cases has to be able to do.

A method is one module of `selection/methods` with one class, found there by itself: the entry of
the selection file, what it needs, how it ranks, and its words in both languages.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self, get_args

import pandas as pd
from pydantic import Field

from common.errors import SelectionError
from selection import ranking
from selection.distance import Distance, Matrix, Scaling
from selection.entry import Bilingual, Entry, Id, Phrasing, Place, Problem
from selection.regression import LinearModel
from selection.roles import Goal, Roles

Strata = Mapping[str, Sequence[str]]
"""The candidates of each network."""

Draw = dict[str, list[str]]
"""The codes chosen in each network with one draw of weights."""

CASE_COLUMNS = ["network_id", "place", "municipality_code", "rank", "score", "partner_code"]


class Method(Entry, ABC):
    """A way of choosing cases. `name` is a literal of each class; the rest is asked through these.

    titles: what it is called, by its label (one method may have several forms).
    does, good_for: what comes first, and what it is for. serves: the goals it serves.
    names_indicators, names_columns: the entries of the file that name indicators of the rule, and
        those that name any column of the candidates.
    """

    titles: ClassVar[Mapping[str, Bilingual]]
    does: ClassVar[Bilingual]
    good_for: ClassVar[Bilingual]
    serves: ClassVar[frozenset[Goal]]
    names_indicators: ClassVar[tuple[str, ...]] = ()
    names_columns: ClassVar[tuple[str, ...]] = ()

    # --- what it is ---

    @classmethod
    def method_name(cls) -> str:
        """What it is called in a selection file."""
        return str(get_args(cls.model_fields["name"].annotation)[0])

    @property
    def label(self) -> str:
        """What it is called in the data, its form included."""
        return self.method_name()

    @property
    def title(self) -> Bilingual:
        return self.titles[self.label]

    @abstractmethod
    def in_words(self, roles: Roles, phrasing: Phrasing) -> str:
        """What it looks for, on which indicators and by which settings, as part of a sentence."""

    @classmethod
    def beside(cls, roles: Roles, cases: int) -> Iterator[Self]:
        """The forms in which it is shown beside another method's choice of so many cases.

        Raises SelectionError where it can't be shown beside a rule with these roles.
        """
        yield cls.model_validate({"name": cls.method_name()})

    # --- what it needs ---

    @abstractmethod
    def needed(self, roles: Roles) -> tuple[str, ...]:
        """The columns that must not be missing for it to be able to place a candidate."""

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        """What the rule lacks for it, a sentence each."""
        yield from ()

    def columns_named(self) -> Iterator[tuple[Place, str, bool]]:
        """Each column its entry names: where, the column, whether it has to be an indicator."""
        entry = self.model_dump()
        for key in (*self.names_indicators, *self.names_columns):
            value = entry[key] or ()
            for number, column in enumerate([value] if isinstance(value, str) else list(value)):
                alone = isinstance(value, str)
                step: Place = () if alone else (column if isinstance(value, dict) else number,)
                yield (key, *step), str(column), key in self.names_indicators

    def by_outcome(self, roles: Roles) -> bool:
        """Whether the figures of the outcome decide who is chosen."""
        return roles.outcome in {column for _, column, _ in self.columns_named()}

    def not_for_networks(self) -> Bilingual | None:
        """Why it can't choose among a handful of networks; None where it can."""
        return None

    def distance(self, roles: Roles) -> Distance:
        """How it measures likeness, or would, with the weights of the rule."""
        on: tuple[str, ...] = getattr(self, "on", ()) or self._background(roles)
        mahalanobis = getattr(self, "metric", "") == "mahalanobis"
        scaling: Scaling = getattr(self, "scaling", "z")
        return Distance(
            on, "mahalanobis" if mahalanobis else "standardised", scaling, roles.weights(on)
        )

    def _background(self, roles: Roles) -> tuple[str, ...]:
        """The columns it measures likeness on where its entry names none."""
        return roles.named("cause", "control")

    def model(self, roles: Roles) -> LinearModel | None:
        """The regression it stands on, if any."""
        return None

    # --- ranking and taking ---

    @abstractmethod
    def rank(self, table: pd.DataFrame, roles: Roles) -> pd.DataFrame:
        """Every row of the table in order, or every pair (see `ranking` and `pairs`)."""

    def take(self, order: pd.DataFrame, strata: Strata, asked: Mapping[str, int]) -> pd.DataFrame:
        """The cases of each network, so many as asked: CASE_COLUMNS."""
        chosen = ranking.by_quota(order, strata, asked)
        chosen = chosen.rename(columns={"stratum": "network_id"}).rename_axis("municipality_code")
        return chosen.reset_index().assign(partner_code=None)[CASE_COLUMNS]

    def runners_up(
        self, order: pd.DataFrame, strata: Strata, network: str, mine: pd.DataFrame,
        everybody: Sequence[str],
    ) -> pd.DataFrame:  # fmt: skip
        """The next in a network: municipality_code, partner_code, rank, score, margin.

        `mine` are the cases the rule chose there, `everybody` all that were chosen anywhere.
        """
        own = list(mine["municipality_code"])
        others = [code for code in strata[network] if code not in everybody]
        near = ranking.runners_up(order, [*others, *own], own)
        return near.rename_axis("municipality_code").reset_index().assign(partner_code=None)

    # --- under random weights ---

    @abstractmethod
    def weighted(self, roles: Roles) -> tuple[str, ...]:
        """The columns whose weights can be drawn, in order.

        Raises SelectionError with the reason where weights do not enter the method.
        """

    @abstractmethod
    def choose_under(
        self, weights: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        """For each row of weights the codes chosen in each network.

        `table` holds the candidates with the columns transformed; a column of `weights` belongs to
        each of `weighted`, whose error it raises where there are none.
        """


class Unweighted(Method):
    """A method into which the weights of the indicators do not enter."""

    @abstractmethod
    def why_unweighted(self) -> SelectionError:
        """Why there are no weights to draw."""

    def weighted(self, roles: Roles) -> tuple[str, ...]:
        raise self.why_unweighted()

    def choose_under(
        self, weights: Matrix, table: pd.DataFrame, roles: Roles, strata: Strata,
        asked: Mapping[str, int],
    ) -> list[Draw]:  # fmt: skip
        raise self.why_unweighted()


class MethodOnColumns(Method):
    """A method whose columns can be named in `on`; left out, they follow from the roles."""

    on: tuple[Id, ...] = Field(default=(), examples=[["population", "higher_education_share"]])
    """The indicators it works on; left out, those whose roles it is about."""
    names_indicators: ClassVar[tuple[str, ...]] = ("on",)


class RegressionMethod(MethodOnColumns, Unweighted):
    """A method that stands on a linear regression of the outcome on causes and controls."""

    def regression(self, roles: Roles) -> LinearModel:
        """Its regression, on the columns it names or on causes and controls."""
        named = tuple(name for name in self.on if name != roles.outcome)
        return LinearModel(str(roles.outcome), named or roles.named("cause", "control"))

    def model(self, roles: Roles) -> LinearModel | None:
        return self.regression(roles)

    def needed(self, roles: Roles) -> tuple[str, ...]:
        return tuple(filter(None, [roles.outcome])) + self.regression(roles).explained_by

    def lacks(self, roles: Roles) -> Iterator[Problem]:
        if roles.outcome is None or not self.regression(roles).explained_by:
            nb, en = (
                ("ingen indikator er årsak eller kontroll", "none is cause or control")
                if roles.outcome
                else ("ingen indikator er utfallet", "no indicator is the outcome")
            )
            yield (
                ("method",),
                Bilingual(
                    nb=f"metoden hviler på en regresjon, og {nb}.",
                    en=f"{spaced(self)} cases rest on a regression, and {en}.",
                ),
            )

    def by_outcome(self, roles: Roles) -> bool:
        return True

    def not_for_networks(self) -> Bilingual | None:
        return Bilingual(
            en="so few networks bear neither a regression nor pairs",
            nb="så få nettverk bærer verken en regresjon eller par",
        )

    def why_unweighted(self) -> SelectionError:
        return weighs_by_itself(self)


def weighs_by_itself(method: Method) -> SelectionError:
    """Why there are no weights to draw for a method that stands on a regression."""
    return SelectionError(
        f"{spaced(method)} cases rest on a regression, which weighs by itself.",
        nb="metoden hviler på en regresjon, som veier selv.",
    )


def about_a_cause(method: Method, roles: Roles) -> Iterator[Problem]:
    """What a method lacks that is about a cause."""
    if roles.cause is None:
        yield (
            ("method",),
            Bilingual(
                nb="metoden gjelder en årsak, og ingen indikator er det.",
                en=f"{spaced(method)} cases are about a cause, and no indicator is one.",
            ),
        )


def needs_background(method: Method, roles: Roles) -> Iterator[Problem]:
    """What a method lacks that measures distances."""
    if not method.distance(roles).on:
        kind = spaced(method)
        yield (
            ("method",),
            Bilingual(
                nb="metoden trenger bakgrunnsindikatorer: gi noen rollen control, eller si hvilke "
                "i 'on'.",
                en=f"{kind} cases need background indicators: give some the role control, or say "
                "which in 'on'.",
            ),
        )


def several(columns: Sequence[str], method: Method) -> tuple[str, ...]:
    """Columns in order whose weights can be drawn. Raises SelectionError where there is one."""
    if len(columns) < 2:
        raise SelectionError(
            f"{spaced(method)} cases are chosen on one indicator only.",
            nb="metoden velger etter bare én indikator.",
        )
    return tuple(sorted(columns))


def spaced(method: Method) -> str:
    """The name of a method inside an English sentence."""
    return method.method_name().replace("_", " ")


def regression_in_words(method: RegressionMethod, roles: Roles, phrasing: Phrasing) -> str:
    """The regression a method stands on, as part of a sentence."""
    model = method.regression(roles)
    return phrasing(
        "en regresjon av «{outcome}» på {on}",
        "a regression of “{outcome}” on {on}",
        outcome=phrasing.column(model.outcome),
        on=phrasing.listed(model.explained_by),
    )


def distance_in_words(method: Method, roles: Roles, phrasing: Phrasing) -> str:
    """The distance a method measures, as part of a sentence."""
    how = method.distance(roles)
    return how.in_words(phrasing, getattr(method, "metric", how.metric))
