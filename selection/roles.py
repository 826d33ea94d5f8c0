"""What a rule's indicators are for, which is what a method is told of the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from selection.entry import Entry, Id, misfit


class Goal(StrEnum):
    """What the cases are for. Asked first: it decides which methods fit."""

    DESCRIBE = "describe"
    EXPLORE = "explore"
    FIND_MECHANISMS = "find_mechanisms"
    ESTIMATE = "estimate"
    TEST = "test"


class RuleIndicator(Entry):
    """An indicator in a role.

    The figure is the indicator's last period up to its `year` and that of the universe, the same
    period for all; or the mean of several years; or its change in percent.
    """

    id: Id = Field(examples=["population"])
    """The indicator, as `digidistrikt catalog` has it."""
    name: Id = Field(default="", examples=["population_growth"])
    """Its column in the tables; the id if left out."""
    role: Literal["outcome", "cause", "control", "context"] = Field(examples=["control"])
    """To be explained (at most one), explaining, background, or only shown."""
    direction: Literal["higher", "lower", "none"] = Field(default="none", examples=["higher"])
    """Which end is the better; needed where indicators are put together."""
    weight: float = Field(default=1, gt=0, examples=[2])
    """Its weight in distances and where indicators are put together."""
    transform: Literal["none", "log"] = Field(default="none", examples=["log"])
    """How the method uses it; the tables show it as it is."""
    year: int | None = Field(default=None, ge=1986, examples=[2024])
    """Its figures are of this year at the latest."""
    mean_of_years: int = Field(default=1, ge=1, le=20, examples=[3])
    """The mean of so many years, the last ones."""
    change_since: int | None = Field(default=None, examples=[2016])
    """The change in percent since this year."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and not entry.get("name"):
            return {**entry, "name": entry.get("id", "")}
        return entry

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.change_since and self.mean_of_years > 1:
            raise misfit(
                "'change_since' and 'mean_of_years' can't both be asked for",
                "'change_since' og 'mean_of_years' kan ikke begge brukes",
            )
        return self


@dataclass(frozen=True)
class Roles:
    """What a method is told of a rule: its indicators, how ties are broken, and its seed.

    tie_break: columns, and whether the smallest comes first.
    """

    indicators: tuple[RuleIndicator, ...]
    tie_break: Sequence[tuple[str, bool]]
    seed: int

    def named(self, *roles: str) -> tuple[str, ...]:
        """The columns of the indicators in these roles, in the order of the file."""
        return tuple(entry.name for entry in self.indicators if entry.role in roles)

    @property
    def outcome(self) -> str | None:
        """The column that is to be explained."""
        return next(iter(self.named("outcome")), None)

    @property
    def cause(self) -> str | None:
        """The column of the first cause."""
        return next(iter(self.named("cause")), None)

    def weights(self, on: Sequence[str]) -> dict[str, float]:
        """The weights the rule gives to columns."""
        return {entry.name: entry.weight for entry in self.indicators if entry.name in on}

    def ties_in(self, table: pd.DataFrame) -> list[tuple[str, bool]]:
        """How ties are broken in a table that may lack some of the columns."""
        return [(column, ascending) for column, ascending in self.tie_break if column in table]
