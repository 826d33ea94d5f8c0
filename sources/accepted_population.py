"""Figures of population that a person accepts: true, though larger changes than any before.

They lie in the user's home, each with who accepted it, when and why. The check
`population_continues` lets exactly these figures through; another figure is refused as before.
"""

import getpass
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from common import yamlfile
from common.errors import InputError
from sources.frames import COUNTRY, frame

_WRITTEN = re.compile(rf"([0-9]{{4}}|{COUNTRY}):([0-9]{{4}})=([0-9]{{1,9}})")


class AcceptedPopulation(BaseModel):
    """`value` inhabitants on 1 January of `year`, of a municipality or of the country."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    municipality_code: Annotated[str, Field(pattern=rf"^([0-9]{{4}}|{COUNTRY})$")]
    year: int
    value: Annotated[int, Field(ge=0)]
    why: Annotated[str, Field(min_length=1)]
    accepted_by: Annotated[str, Field(min_length=1)]
    accepted_on: date

    @property
    def text(self) -> str:
        return f"{self.municipality_code}:{self.year}={self.value}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    accepted: tuple[AcceptedPopulation, ...]


def read(path: Path) -> tuple[AcceptedPopulation, ...]:
    """What is accepted; nothing if there is no such file. Raises InputError with the line."""
    return yamlfile.read(path, _File)[0].accepted if path.is_file() else ()


def load(path: Path) -> pa.Table:
    """One row a figure, as `raw.accepted_population` has it. Raises InputError."""
    return frame("accepted_population", [figure.model_dump() for figure in read(path)])


def accept(path: Path, figures: Sequence[str], why: str) -> list[AcceptedPopulation]:
    """Adds figures, each written as CODE:YEAR=FIGURE, with the person, the day and the reason.

    One of the same municipality and year takes the place of the one before. Raises InputError for a
    figure that is not written so.
    """
    new = []
    for text in figures:
        if not (written := _WRITTEN.fullmatch(text)):
            raise InputError(
                f"'{text}' is no figure of population; write CODE:YEAR=FIGURE, such as"
                f" 4601:2027=583000, with '{COUNTRY}' for the country."
            )
        code, year, value = written.groups()
        figure = AcceptedPopulation(
            municipality_code=code,
            year=int(year),
            value=int(value),
            why=why,
            accepted_by=getpass.getuser(),
            accepted_on=datetime.now(UTC).date(),
        )
        new.append(figure)
    of_each = {(each.municipality_code, each.year): each for each in (*read(path), *new)}
    accepted = [figure.model_dump(mode="json") for figure in of_each.values()]
    yamlfile.write(path, {"accepted": accepted})
    return new
