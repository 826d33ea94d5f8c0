"""What every entry of a selection file is made of, and what is said in both languages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^\d{4}$")]
Bands = dict[str, tuple[float, ...]]
"""Columns with the cut points of their bands; no cut points where a column is taken as it is."""

Place = tuple[str | int, ...]
"""Where an entry stands in the file, as keys and positions."""


class Entry(BaseModel):
    """An entry of a selection file: what it does not know is refused, what it says stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Entry):
    """The same in bokmål and English. The data files have the English."""

    nb: str
    en: str

    def __str__(self) -> str:
        return self.en

    def said_in(self, language: str) -> str:
        """The words of one language, `nb` or `en`."""
        return self.nb if language == "nb" else self.en


def _in_both(given: object) -> object:
    """A reason given once stands as it is in both languages."""
    return {"nb": given.strip(), "en": given.strip()} if isinstance(given, str) else given


Problem = tuple[Place, Bilingual]
"""What is wrong, in a sentence, and where."""

Reason = Annotated[Bilingual, BeforeValidator(_in_both)]


@dataclass(frozen=True)
class Phrasing:
    """One language, and what a column is called inside a sentence in it."""

    language: str
    column: Callable[[str], str]

    def __call__(self, nb: str, en: str, **filled_in: Any) -> str:
        """The sentence of the language, filled in."""
        return (nb if self.language == "nb" else en).format(**filled_in)

    def listed(self, columns: tuple[str, ...]) -> str:
        """Columns one after another."""
        return "; ".join(map(self.column, columns))
