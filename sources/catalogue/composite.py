"""Declared composites: an index that a researcher builds of indicators, with its recipe in words.

None is shipped. The parts are made comparable over all municipalities that have a figure, turned
so that a high value means the same in all, and averaged by their weights.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from sources.catalogue.entry import CatalogueEntry, Id, Period, Title
from sources.typed import Column


class Transformation(StrEnum):
    """How the figures of a part are made comparable with those of another."""

    Z_SCORE = "z-score"
    MIN_MAX = "min-max"
    RANK = "rank"


class Direction(StrEnum):
    """Whether a high figure of a part makes the composite high or low."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Part(CatalogueEntry):
    """One indicator of a composite.

    `period` where it is not that of the composite. With `growth_over` years, the change in percent
    since that many years before stands for the figure.
    """

    indicator: Id
    direction: Direction
    weight: float = Field(gt=0)
    period: Period | None = None
    growth_over: int | None = Field(default=None, gt=0)

    def base_period(self, period: str) -> str | None:
        """The period that growth is counted from, where the composite is of `period`."""
        if self.growth_over is None:
            return None
        until = self.period or period
        return f"{int(until[:4]) - self.growth_over}{until[4:]}"

    @property
    def recipe(self) -> str:
        """The part in words, as `2 x population, growth over 10 years`."""
        words = [f"{self.weight:g} x {self.indicator}"]
        if self.growth_over:
            words.append(f"growth over {self.growth_over} years")
        if self.period:
            words.append(self.period)
        if self.direction is Direction.NEGATIVE:
            words.append("turned round")
        return ", ".join(words)


class Composite(CatalogueEntry):
    """An index of several indicators, made for each of its periods.

    `minimum_coverage` is the share of the weights whose parts must have a figure; below it the
    value is missing, from there on it is the mean of the parts there are. `truncate` keeps z-scores
    within that distance of 0; `rescale` stretches the finished index over a span.
    """

    id: Annotated[Id, Column("composite_id")]
    title: Title
    synonyms: tuple[str, ...] = ()
    periods: tuple[Period, ...] = Field(min_length=1)
    transformation: Transformation
    parts: tuple[Part, ...] = Field(min_length=2)
    minimum_coverage: float = Field(gt=0, le=1)
    truncate: float | None = Field(default=None, gt=0)
    rescale: tuple[float, float] | None = None
    unit: str = "index"
    note: str = ""
    theme: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.truncate and self.transformation is not Transformation.Z_SCORE:
            raise ValueError("'truncate' belongs to a z-score; leave it out")
        if self.rescale and self.rescale[0] >= self.rescale[1]:
            raise ValueError("'rescale' is the lowest and the highest value, in this order")
        return self

    @property
    def recipe(self) -> str:
        """The whole declaration in a sentence: it stands wherever the composite does."""
        made = {
            Transformation.Z_SCORE: "z-scores over all municipalities (sample standard deviation)",
            Transformation.MIN_MAX: "figures stretched over 0 to 1 between the lowest and highest",
            Transformation.RANK: "ranks over all municipalities, from 0 to 1",
        }[self.transformation]
        ends = f", cut at {self.truncate:g} from 0" if self.truncate else ""
        span = (
            f", the result stretched over {self.rescale[0]:g} to {self.rescale[1]:g}"
            if self.rescale
            else ""
        )
        parts = "; ".join(part.recipe for part in self.parts)
        return (
            f"declared composite: weighted mean of {made}{ends}{span}, of {parts}. Missing unless"
            f" parts with {100 * self.minimum_coverage:g} % of the weight have a figure."
        )
