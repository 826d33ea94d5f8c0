"""What every entry of the catalogue is made of."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sources.typed import BothLanguages

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Period = Annotated[str, Field(pattern=r"^\d{4}([KQ]\d|H\d|M\d\d|-\d\d-\d\d)?$")]
Published = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]


class WarningKind(StrEnum):
    """What a reader must know of a figure before using it: a fixed vocabulary."""

    ESTIMATED = "estimated"
    BREAK_IN_SERIES = "break_in_series"
    SELF_REPORTED = "self_reported"
    PRELIMINARY = "preliminary"
    PARTIAL_COVERAGE = "partial_coverage"
    INTERMEDIARY = "intermediary"
    WEAK_MEMBERSHIP_BASIS = "weak_membership_basis"
    MEMBER_AS_SUCCESSOR = "member_as_successor"
    COMPOSITE = "composite"


class CatalogueEntry(BaseModel):
    """A part of a catalogue file; a key that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(BothLanguages, CatalogueEntry):
    """A title in bokmål and English."""
