"""What a cell of a file says of a municipality: its code, its name, or that it is another body."""

import re
from functools import cache

_CODE_FIRST = re.compile(
    r"(?:[KG][-_ ]?)?(?P<code>[0-9]{3,4})(?:[.,]0+)?(?:\s*[-\u2013:,]?\s*(?P<name>[^\W\d].*))?"
)
_CODE_LAST = re.compile(r"(?P<name>[^\W\d].*?)\s*[(\[](?:K-)?(?P<code>[0-9]{4})[)\]]")
_MARK = re.compile(r"\s*(\*+|[\u00b9\u00b2\u00b3\u2070-\u2079\u2020\u2021]+|(?<=\s)\d\))$")
_YEARS = re.compile(r"\s*\((?:\d{4})?\s*[-\u2013]\s*(?:\d{4})?\)\s*$")


@cache
def code_and_name(cell: str) -> tuple[str | None, str | None]:
    """The code and the name in a cell: `0301`, `301.0`, `K-0301 Oslo`, `Oslo (0301)`, `Oslo`.

    A code of three digits has lost its first 0. The years in `Halden (-2019)` and the mark of a
    footnote (`Bodø 1)`, `Bodø*`) are no part of a name.
    """
    match = _CODE_FIRST.fullmatch(cell) or _CODE_LAST.fullmatch(cell)
    if match:
        return match["code"].zfill(4), _bare(match["name"] or "")
    return None, _bare(cell)


def _bare(name: str) -> str | None:
    return _YEARS.sub("", _MARK.sub("", name)).strip() or None


_OTHER_BODIES = {
    "a total": re.compile(
        r"(i alt|ialt|sum|total|totalt|totalsum|tot|alle|alle kommun\w+|samlet|all|snitt|median"
        r"|average|mean|grand total|gjennomsnitt|gj\.\s?snitt|std\.?\s?avvik"
        r"|standardavvik|min|maks|max|minimum|maksimum|antall kommuner)(\s.*)?"
    ),
    "the country": re.compile(
        r"(0|00|000|0000|eak|eakuo)(\s.*)?|((hei?le )?landet|norge|noreg|norway|landsgjennomsnitt"
        r"|nasjonalt|(the )?whole country|hele norge)(\s.*)?"
    ),
    "no municipality": re.compile(
        r"(svalbard|jan mayen|kontinentalsokkelen|uoppgitt|ukjent|annet|andre|utland\w*|unknown"
        r"|ikke oppgitt|9999|2100|2111|2211|2311)(\s.*)?"
    ),
    "a KOSTRA group": re.compile(r"ekg?[0-9]+.*|kostra-?gruppe.*"),
    "a county": re.compile(
        r"(f-|eka)?[0-9]{1,2}(\.0)?(\s*[-\u2013]?\s*[^\W\d].*)?|eka[0-9]{2,4}.*"
        r"|\S.*\s(fylke|fylkeskommune|county)|fylket"
    ),
}


@cache
def other_body(cell: str) -> str | None:
    """What a row is about that is no municipality: a total, the country, a county, a group."""
    text = " ".join(re.sub(r"[:.]+$", "", cell).casefold().split())
    return next((kind for kind, form in _OTHER_BODIES.items() if form.fullmatch(text)), None)
