"""What every entry of a selection file is made of, and what is said in both languages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^\d{4}$")]
Bands = dict[str, tuple[float, ...]]
"""Columns with the cut points of their bands; no cut points where a column is taken as it is."""

Place = tuple[str | int, ...]
"""Where an entry stands in the file, as keys and positions."""


class Entry(BaseModel):
    """An entry of a selection file: what it does not know is refused, what it says stays.

    The text below a key is what `docs/rules.md` and `select init` say of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Bilingual(Entry):
    """The same in bokmål and English. The data files have the English."""

    nb: str
    en: str

    def __str__(self) -> str:
        return self.en

    def text_in(self, language: str) -> str:
        """The words of one language, `nb` or `en`."""
        return self.nb if language == "nb" else self.en


class OwnWords(Bilingual):
    """What the researcher wrote, in both languages or in one; then it stands so in the other."""

    nb: str = ""
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, given: Any) -> Any:
        """A text given without a language is for both."""
        return {"nb": given.strip(), "en": given.strip()} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _in_one_at_least(self) -> Self:
        if not self.nb and not self.en:
            raise misfit(
                "write a text, or one for 'nb' or 'en'",
                "skriv en tekst, eller en for 'nb' eller 'en'",
            )
        return self

    def __str__(self) -> str:
        return self.text_in("en")

    def text_in(self, language: str) -> str:
        """The words of a language, or those there are."""
        return super().text_in(language) or self.nb or self.en

    def has_text_in(self, language: str) -> bool:
        """Whether there are words of a language of their own."""
        return bool(super().text_in(language))


def misfit(en: str, nb: str) -> PydanticCustomError:
    """What is wrong with an entry, for a validator to raise: no sign at its end."""
    return PydanticCustomError("said", "{en}", {"en": en, "nb": nb})


Problem = tuple[Place, Bilingual]
"""What is wrong, in a sentence, and where."""


@dataclass(frozen=True)
class Phrasing:
    """One language, and what a column is called inside a sentence in it."""

    language: str
    column: Callable[[str], str]

    def __call__(self, nb: str, en: str, **filled_in: Any) -> str:
        """The sentence of the language, filled in."""
        return (nb if self.language == "nb" else en).format(**filled_in)

    def number(self, value: float) -> str:
        """A number with the decimal sign of the language."""
        return f"{value:g}".replace(".", "," if self.language == "nb" else ".")

    def listed(self, columns: tuple[str, ...]) -> str:
        """Columns one after another."""
        return "; ".join(map(self.column, columns))
