"""What a cell of a file says of a municipality: its code, its name, or that it is another body."""

import re
from functools import cache

_CODE_FIRST = re.compile(
    r"(?:[KG][-_ ]?)?(?P<code>[0-9]{3,4})(?:[.,]0+)?(?:\s*[-\u2013:,]?\s*(?P<name>[^\W\d].*))?"
)
_CODE_LAST = re.compile(r"(?P<name>[^\W\d].*?)\s*[(\[](?:K-)?(?P<code>[0-9]{4})[)\]]")
_YEARS = re.compile(r"\s*\((?:\d{4})?\s*[-\u2013]\s*(?:\d{4})?\)\s*$")
_TOTALS = {
    "i alt", "ialt", "alt", "sum", "total", "totalt", "totalsum", "alle", "alle kommuner",
    "sum kommuner", "samlet", "tot", "all", "grand total", "sum alle", "alle kommunene",
    "gjennomsnitt", "snitt", "median", "average", "mean",
}  # fmt: skip
_COUNTRY = {
    "landet", "hele landet", "norge", "noreg", "norway", "heile landet", "landet uten oslo",
    "landet u/oslo", "landsgjennomsnitt", "nasjonalt", "whole country", "the whole country",
    "landet totalt", "hele norge",
}  # fmt: skip
_OUTSIDE = {
    "svalbard", "jan mayen", "uoppgitt", "ukjent", "annet", "andre", "utlandet", "uoppgitt kommune",
    "ukjent kommune", "kontinentalsokkelen", "unknown", "utland", "ikke oppgitt",
}  # fmt: skip
_KINDS = {"fylke", "fylket", "fylkeskommune", "fylkeskommunen", "county", "region", "kostragruppe"}


@cache
def code_and_name(cell: str) -> tuple[str | None, str | None]:
    """The code and the name in a cell: `0301`, `301.0`, `K-0301 Oslo`, `Oslo (0301)`, `Oslo`.

    A code of three digits has lost its first 0. The years in `Halden (-2019)` are no part of its
    name.
    """
    match = _CODE_FIRST.fullmatch(cell) or _CODE_LAST.fullmatch(cell)
    if match:
        name = match["name"]
        return match["code"].zfill(4), _YEARS.sub("", name).strip() if name else None
    return None, _YEARS.sub("", cell).strip() or None


@cache
def other_body(cell: str) -> str | None:
    """What a row is about that is no municipality: a total, the country, a county, a group."""
    said = " ".join(re.sub(r"[:.]+$", "", cell).casefold().split())
    code, _, name = said.partition(" ")
    if said in _TOTALS or (code in _TOTALS and not name):
        return "a total"
    if said in _COUNTRY or re.fullmatch(r"(0|00|000|0000|eak|eakuo)(\s.*)?", said):
        return "the country"
    if said in _OUTSIDE or re.fullmatch(r"(9999|2111|2211|2311|2100)(\s.*)?", said):
        return "no municipality"
    if re.fullmatch(r"(f-|eka)?[0-9]{1,2}(\.0)?(\s*[-\u2013]?\s*[^\W\d].*)?|eka[0-9]{2,4}.*", said):
        return "a county"
    if re.match(r"ekg?[0-9]|kostra-?gruppe", said):
        return "a KOSTRA group"
    words = set(said.split())
    if words & _KINDS:
        return "a county or a region"
    if re.match(r"(sum|i alt|totalt|total|gjennomsnitt|snitt)\b", said):
        return "a total"
    return None
