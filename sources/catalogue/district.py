"""Definitions of a district municipality: each a rule that says in or out of every municipality."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sources.catalogue.entry import CatalogueEntry, Id, Published, Title
from sources.typed import Column


class DistrictRule(CatalogueEntry):
    """A rule by centrality class, by a list of municipalities, or by an index below a cut.

    `described_in` names its row in `sources/networks/district_definition.csv`. `valid_from` is left
    out where it is that of the class, or the period of the index. A cut has to be chosen and
    defended: none is published, and none is shipped.
    """

    id: Annotated[Id, Column("definition_id")]
    title: Title
    centrality_classes: tuple[Annotated[int, Field(ge=1, le=6)], ...] = ()
    area: Literal["action_zone"] | None = None
    index: Annotated[Id | None, Column("index_id")] = None
    period: str | None = None
    below: float | None = None
    valid_from: Published | None = None
    source_url: str
    described_in: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if [bool(self.centrality_classes), bool(self.area), bool(self.index)].count(True) != 1:
            raise ValueError("a definition has one of 'centrality_classes', 'area' and 'index'")
        if bool(self.index) != (self.below is not None) or bool(self.index) != bool(self.period):
            raise ValueError("'period' and 'below' belong to 'index', and it needs both")
        return self

    @property
    def rule(self) -> str:
        """The rule in words."""
        if self.centrality_classes:
            return f"centrality class {', '.join(str(each) for each in self.centrality_classes)}"
        if self.area:
            return "named in the list of the action zone"
        return f"{self.index} of {self.period} below {self.below:g}"
