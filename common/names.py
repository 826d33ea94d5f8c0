"""One key for names of places: by it two ways to write a name are the same.

Norwegian municipalities are written with and without `kommune` or `herad`, in Norwegian, Sami and
Kven (`Porsanger - Porsáŋgu - Porsanki`), with the county in brackets where two share a name, and
on keyboards without å, æ and ø.
"""

import re
import unicodedata
from functools import cache

_LETTERS = str.maketrans(
    {"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "đ": "d", "ŋ": "n", "ŧ": "t"}
)
_BETWEEN_LANGUAGES = re.compile(r"\s+[-\u2013\u2014]\s+|\s*/\s*")
_WORDS_FOR_MUNICIPALITY = {
    *("kommune", "kommuna", "herad"),  # bokmål, nynorsk
    *("suohkan", "gielda", "tjielte"),  # Northern and Lule, Northern and South, South Sami
    "komuuni",  # Kven
}
_GENITIVES = {  # before the word for municipality, as these municipalities write their own names
    # Northern and Lule Sami
    "Deanu": "Deatnu",
    "Dielddanuori": "Dielddanuorri",
    "Divtasvuona": "Divtasvuodna",
    "Fuosko": "Fuossko",
    "Gáivuona": "Gáivuotna",
    "Guovdageainnu": "Guovdageaidnu",
    "Hábmera": "Hábmer",
    "Hámmerfeastta": "Hámmerfeasta",
    "Ivggu": "Ivgu",
    "Kárášjoga": "Kárášjohka",
    "Loabága": "Loabák",
    "Omasvuona": "Omasvuotna",
    "Porsáŋggu": "Porsáŋgu",
    "Ráissa": "Ráisa",
    "Unjárgga": "Unjárga",
    # South Sami
    "Aarborten": "Aarborte",
    "Nåavmesjenjaelmien": "Nåavmesjenjaelmie",
    "Raanen": "Raane",
    "Raarvihken": "Raarvihke",
    "Rossen": "Rosse",
    "Snåasen": "Snåase",
    "Stïentjen": "Stïentje",
    "Tråanten": "Tråante",
    # Kven
    "Kaivuonon": "Kaivuono",
    "Omasvuonon": "Omasvuono",
    "Porsangin": "Porsanki",
    "Raisin": "Raisi",
    "Yykeän": "Yykeä",
}
_WITH_COUNTY = re.compile(
    r"^(?P<name>[^(,]+?)\s*(?:\((?P<bracket>[^)]*)\)|,\s*(?P<comma>.+)|\si\s+(?P<within>.+))$"
)


def name_key(name: str) -> str:
    """A name without case, hyphens, accents and the word for municipality; å is aa, ø oe, æ ae.

    A Sami or Kven genitive is as the name itself: `Guovdageainnu suohkan`, `Guovdageaidnu`.
    """
    words = _words(name)
    if len(words) > 1 and words[-1] in _WORDS_FOR_MUNICIPALITY:
        words.pop()
    key = " ".join(words)
    return _name_by_genitive().get(key, key)


@cache
def _name_by_genitive() -> dict[str, str]:
    """The keys of names by those of their genitives."""
    return {
        " ".join(_words(genitive)): " ".join(_words(name)) for genitive, name in _GENITIVES.items()
    }


def _words(name: str) -> list[str]:
    """The words of a name in plain small letters."""
    plain = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[-\u2010\u2011\u2013]", " ", plain).split()


def languages(name: str) -> list[str]:
    """The names in a name that is written in several languages; one for most."""
    return _BETWEEN_LANGUAGES.split(name)


def name_keys(name: str) -> set[str]:
    """The keys by which a name is known: the whole of it, and each language by itself."""
    return {name_key(part) for part in [name, *languages(name)]}


def name_and_county(text: str, county: str | None = None) -> tuple[str, str | None]:
    """`Herøy (Nordland)`, `Herøy, Nordland` or `Bø i Telemark` as a name and its county."""
    match = _WITH_COUNTY.match(text.strip())
    if not match:
        return text.strip(), county
    return match["name"], county or match["bracket"] or match["comma"] or match["within"]


def same_place(one: str, other: str) -> bool:
    """Whether two names, such as those of a county, have a language in which they are the same."""
    return bool(name_keys(one) & name_keys(other))
