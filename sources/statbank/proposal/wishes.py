"""What the researcher says of a table, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sources.catalogue.entry import Title

SAID = "as you say"
"""Why something was decided that the researcher said."""


@dataclass(frozen=True)
class Wishes:
    """What the researcher says of a table; None and empty mean: find out.

    `select` has, for a dimension, expressions on its codes: each gives indicators of its own, and
    the codes of one are added up. `aggregate` is keyed by contents code, `*` for all. `whole` takes
    the table as a cube.
    """

    number: str
    id: str | None = None
    contents: tuple[str, ...] = ()
    select: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aggregate: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    division: Literal["own", "current"] | None = None
    periods: tuple[str, ...] = ()
    title: Title | None = None
    unit: str | None = None
    whole: bool = False
    context: bool = False


@dataclass(frozen=True)
class Decision:
    """What was decided of a part of a table, and why."""

    subject: str
    decided: str
    why: str
