"""What a rule's indicators are for, which is what a method is told of the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from selection.entry import Entry, Id


class Goal(StrEnum):
    """What the cases are for. Asked first: it decides which methods fit."""

    DESCRIBE = "describe"
    EXPLORE = "explore"
    FIND_MECHANISMS = "find_mechanisms"
    ESTIMATE = "estimate"
    TEST = "test"


class RuleIndicator(Entry):
    """An indicator in a role: outcome (to be explained), cause, control (background) or context.

    The figure is the indicator's last period up to its `year` and that of the universe, the same
    period for all; or the mean of the last `mean_of_years`; or its change in percent since a year.
    `name` is its column, the id if left out. `direction` says which end is the better, and is
    needed where indicators are put together. `transform` is used by the method only.
    """

    id: Id
    name: Id = ""
    role: Literal["outcome", "cause", "control", "context"]
    direction: Literal["higher", "lower", "none"] = "none"
    weight: float = Field(default=1, gt=0)
    transform: Literal["none", "log"] = "none"
    year: int | None = Field(default=None, ge=1986)
    mean_of_years: int = Field(default=1, ge=1, le=20)
    change_since: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, entry: Any) -> Any:
        if isinstance(entry, dict) and not entry.get("name"):
            return {**entry, "name": entry.get("id", "")}
        return entry

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.change_since and self.mean_of_years > 1:
            raise ValueError("'change_since' and 'mean_of_years' can't both be asked for")
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
