"""Corrections of published errors: data with a reason and a guard, never a line in code."""

from pathlib import Path
from typing import Annotated

import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sources.errors import InputError
from sources.tidy import frame

FILE = Path(__file__).parent / "corrections.yaml"


class Correction(BaseModel):
    """Figures under `codes` in `periods` (first, last) that are `published` are missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    tables: Annotated[tuple[str, ...], Field(min_length=1)]
    codes: Annotated[tuple[str, ...], Field(min_length=1)]
    periods: tuple[str, str]
    published: float
    why: str
    source: str


class _File(BaseModel):
    corrections: tuple[Correction, ...]


def load(path: Path = FILE) -> pa.Table:
    """One row a correction, table and code. Raises InputError for an entry that does not fit."""
    try:
        entries = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise InputError(f"{path.name}: {error}") from error
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
