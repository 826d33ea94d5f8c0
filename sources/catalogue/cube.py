"""A StatBank table taken whole: the part of a catalogue entry that belongs to cubes."""

from typing import Literal

from pydantic import Field

from sources.catalogue.entry import CatalogueEntry


class CubeLayout(CatalogueEntry):
    """What is taken of a table as a cube, whose dimensions stay dimensions.

    `contents` has, for each code of the contents, whether its figures add up over merged
    municipalities; `select` expressions for each further dimension. One that is not named is left
    out, which its metadata has to allow.
    """

    contents: dict[str, Literal["sum", "none"]] = Field(min_length=1)
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
