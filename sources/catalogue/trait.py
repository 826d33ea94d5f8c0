"""Declared traits: what a municipality has or is, in words, as its e-mail platform."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sources.catalogue.entry import CatalogueEntry, Id, Published, Title
from sources.typed import Column


class Trait(CatalogueEntry):
    """A fact of a municipality that is a word and not a number, read from a column of a file.

    `evidence` are columns that show what it rests on. It is valid on the day in the column
    `observed`, or on `valid_on`. `values` are words for what the file writes; a cell that is not
    among them is refused. `indicator` is the same fact as a number, where it can be one. An empty
    cell, and a municipality without a row, mean unknown and never none.
    """

    id: Annotated[Id, Column("trait_id")]
    title: Title
    synonyms: tuple[str, ...] = ()
    table: Annotated[Id, Column("table_id")]
    column: str
    evidence: tuple[str, ...] = ()
    observed: str | None = None
    valid_on: Published | None = None
    values: dict[str, str] = Field(default_factory=dict)
    indicator: Annotated[Id | None, Column("indicator_id")] = None
    note: str = ""
    theme: str = ""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if bool(self.observed) == bool(self.valid_on):
            raise ValueError("a trait has either 'observed', a column of days, or 'valid_on'")
        return self
