"""Words in sentences: what came from outside, quoted; choices listed; what was probably meant."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from enum import StrEnum

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class Language(StrEnum):
    """The language in which something is written."""

    NB = "nb"
    EN = "en"


def shown(came: object, longest: int = 80) -> str:
    """Something from outside as it is quoted in a sentence: the beginning of it, on one line."""
    try:
        text = " ".join(repr(came).split())
    except RecursionError:  # JSON may lie deeper than Python goes
        text = f"a {type(came).__name__} with hundreds of others within one another"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def without_controls(text: str) -> str:
    """A text with a space for each control sign but tab and line end: XML has no place for one."""
    return _CONTROL.sub(" ", text)


def listed(words: Collection[str], last: str = "and") -> str:
    """Words as a sentence has them: `a, b and c`."""
    *before, end = [*words] or [""]
    return f"{', '.join(before)} {last} {end}" if before else end


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> list[str]:
    """The three known words most like one, whatever their case; none where all are far from it.

    `likeness` is the least share of matching letters (`difflib`), from 0 to 1.
    """
    as_written: dict[str, str] = {}
    for each in known:
        as_written.setdefault(each.casefold(), each)
    close = get_close_matches(word.casefold(), as_written, n=3, cutoff=likeness)
    return [as_written[key] for key in close]


def did_you_mean(word: str, known: Collection[str], shown_at_most: int = 15) -> str:
    """A sentence with the words nearest to one, or with those there are where all are far."""
    if near := nearest(word, known):
        return f"Did you mean {listed(near, 'or')}?"
    there = sorted(known)
    more = len(there) - shown_at_most
    return (
        f"There are: {', '.join(there[:shown_at_most])}{f' and {more} more' if more > 0 else ''}."
    )


def printable(text: str) -> str:
    """Text without the signs that steer a terminal: each is written as its code, as `\\x1b`."""
    return "".join(
        sign if sign in "\n\t" or unicodedata.category(sign) != "Cc" else f"\\x{ord(sign):02x}"
        for sign in text
    )
