"""Corrections of published errors: data with a reason and a guard, never a line in code."""

from pathlib import Path
from typing import Annotated, Self

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, model_validator

from common import yamlfile
from common.errors import InputError
from sources.frames import frame

FILE = Path(__file__).parent / "corrections.yaml"


class Correction(BaseModel):
    """Figures under `codes` in `periods` (first, last) that are `published` are missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    tables: Annotated[tuple[str, ...], Field(min_length=1)]
    codes: Annotated[tuple[str, ...], Field(min_length=1)]
    periods: tuple[str, str]
    published: float
    why: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.periods[0] > self.periods[1]:
            raise ValueError("'periods' are the first and the last, in this order")
        return self

    def overlaps(self, other: Self) -> bool:
        """True if both speak of one figure."""
        return bool(
            set(self.tables) & set(other.tables)
            and set(self.codes) & set(other.codes)
            and self.periods[0] <= other.periods[1]
            and other.periods[0] <= self.periods[1]
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    corrections: tuple[Correction, ...]


def load(path: Path = FILE) -> pa.Table:
    """One row a correction, table and code.

    Raises InputError naming file and line for an entry that does not fit, has the id of another,
    or speaks of a figure that another speaks of.
    """
    entries, document = yamlfile.read(path, _File)
    for number, entry in enumerate(entries.corrections):
        for earlier in entries.corrections[:number]:
            if entry.id == earlier.id or entry.overlaps(earlier):
                raise InputError(
                    f"{document.at('corrections', number)}: '{entry.id}' has the id or"
                    f" a figure of '{earlier.id}' before it; make them one, or keep them apart."
                )
    rows = [
        {
            "correction_id": entry.id,
            "table_id": table,
            "reported_code": code,
            "first_period": entry.periods[0],
            "last_period": entry.periods[1],
            "published": entry.published,
            "why": entry.why,
            "source": entry.source,
        }
        for entry in entries.corrections
        for table in entry.tables
        for code in entry.codes
    ]
    return frame("correction", rows)
