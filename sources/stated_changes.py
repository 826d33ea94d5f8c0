"""Changes of municipality codes that a person states: what Klass shows and lists no change for.

They lie in the user's home, each with who stated it, when and why. The graph of municipalities
reads them beside Klass's own, which take their place once they come.
"""

import getpass
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from common import yamlfile
from common.errors import InputError
from sources.frames import frame

Code = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class StatedChange(BaseModel):
    """From `changed_on` what was `old_code` is `new_code`, or a part of it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    changed_on: date
    old_code: Code
    new_code: Code
    why: Annotated[str, Field(min_length=1)]
    stated_by: Annotated[str, Field(min_length=1)]
    stated_on: date

    @property
    def text(self) -> str:
        return f"{self.old_code} -> {self.new_code} on {self.changed_on}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: tuple[StatedChange, ...]


def read(path: Path) -> tuple[StatedChange, ...]:
    """What has been stated; nothing if there is no such file. Raises InputError with the line."""
    return yamlfile.read(path, _File)[0].changes if path.is_file() else ()


def load(path: Path) -> pa.Table:
    """One row a stated change, as `raw.stated_change` has it. Raises InputError."""
    return frame("stated_change", [change.model_dump() for change in read(path)])


def state(path: Path, changes: Sequence[str], changed_on: date, why: str) -> list[StatedChange]:
    """Adds changes, each written as OLD=NEW, with the person, the day and the reason.

    Raises InputError for a change that is not written so or has been stated already.
    """
    before = read(path)
    new: list[StatedChange] = []
    for text in changes:
        old_code, _, new_code = text.partition("=")
        if not all(len(code) == len("0301") and code.isdecimal() for code in (old_code, new_code)):
            raise InputError(f"'{text}' is no change of codes; write OLD=NEW, such as 1507=1508.")
        change = StatedChange(
            changed_on=changed_on,
            old_code=old_code,
            new_code=new_code,
            why=why,
            stated_by=getpass.getuser(),
            stated_on=datetime.now(UTC).date(),
        )
        if change.text in {each.text for each in (*before, *new)}:
            raise InputError(f"{path}: {change.text} is stated already.")
        new.append(change)
    entries = [change.model_dump(mode="json") for change in (*before, *new)]
    yamlfile.write(path, {"changes": entries})
    return new
