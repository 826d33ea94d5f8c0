"""Periods as people write them, as the publisher's codes: 2025, 2025K1, 2025M03, 2025-03-31."""

import re
from datetime import date
from functools import cache

CODE = re.compile(r"(19|20)\d\d([KQ]\d|H\d|M\d\d|-\d\d-\d\d)?")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januar", "january"),
            ("feb", "februar", "february"),
            ("mar", "mars", "march"),
            ("apr", "april"),
            ("mai", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("okt", "oktober", "oct", "october"),
            ("nov", "november"),
            ("des", "desember", "dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_PART = r"(?P<part>[1-4])"
# Forms with a year in them; the name of a group says what it is.
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?:\.0)?",
        rf"{_YEAR}_(?P=year)",
        rf"{_YEAR}/(?P<next>\d\d|(?:19|20)\d\d)",
        rf"{_YEAR}-(?P<next>1[3-9]|[2-9]\d|00)",
        rf"{_YEAR}\s*-?\s*(?P<kind>[KQ]){_PART}",
        rf"(?P<kind>[KQ]){_PART}\s*-?\s*{_YEAR}",
        rf"{_PART}\.?\s*(?P<kind>kv)(?:artal|\.)?\s*{_YEAR}",
        rf"{_YEAR}\s*-?\s*{_PART}\.?\s*(?P<kind>kv)(?:artal|\.)?",
        rf"{_YEAR}\s*-?\s*(?P<kind>H){_PART}",
        rf"{_PART}\.?\s*(?P<kind>h)alvår\s*{_YEAR}",
        rf"{_YEAR}\s*-?\s*M(?P<month>\d\d)",
        rf"{_YEAR}-?(?P<month>\d\d)",
        rf"(?P<word>{_WORD})\.?[\s-]*{_YEAR}",
        rf"{_YEAR}[\s-]*(?P<word>{_WORD})\.?",
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]00:00(?::00)?)?",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})/{_YEAR}(?<=31/12/....)",
        rf"(?P<day>\d{{1,2}})\.?\s*(?P<word>{_WORD})\.?\s*{_YEAR}",
    )
]


@cache
def period_of(text: str) -> str | None:
    """The code of a period, whichever way it is written; None if it is none that exists.

    A school year (`2023-24`, `2023/2024`) is of the year in which it begins, as Statistics Norway
    counts pupils on 1 October.
    """
    words = " ".join(text.split())
    for form in _FORMS:
        if match := form.fullmatch(words):
            return _code(match.groupdict())
    return None


def _code(parts: dict[str, str | None]) -> str | None:
    year, kind = parts["year"], (parts.get("kind") or "").upper()
    if after := parts.get("next"):
        return year if str(int(year or 0) + 1).endswith(after) else None
    if kind:
        part = parts["part"] or ""
        return f"{year}{kind[0]}{part}" if kind != "H" or part in "12" else None
    word = (parts.get("word") or "").lower()
    month = _MONTHS[word] if word else int(parts.get("month") or 0)
    if parts.get("day"):
        try:
            return date(int(year or 0), month, int(parts["day"] or 0)).isoformat()
        except ValueError:
            return None
    if parts.get("month") or word:
        return f"{year}M{month:02}" if 1 <= month <= 12 else None
    return year


def part_of_year(text: str, *, quarters: bool) -> str | None:
    """What a month (`mars`, `3`) or a quarter (`1. kvartal`, `K1`) adds to its year."""
    words = text.strip().rstrip(".").lower()
    found = re.fullmatch(r"(?:[kq]|kv\.?\s*)?([1-4])(?:\.?\s*kv(?:artal)?)?", words)
    if found and (quarters or not words.isdigit()):
        return f"K{found[1]}"
    if quarters:
        return None
    month = _MONTHS.get(words) or (int(words) if re.fullmatch(r"\d{1,2}", words) else 0)
    return f"M{month:02}" if 1 <= month <= 12 else None


_FROM_ONE_TO_ANOTHER = re.compile(
    r"\b(endring\w*|vekst\w*|økning\w*|auke|nedgang\w*|differanse\w*|diff|prosentvis|siden|sidan"
    r"|fra|frå|til|mellom|change|growth|increase|decrease|difference|since|from|to|between)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(over|under|minst|høyst|inntil|opptil|enn|før|etter|above|below|least|most|than|before"
    r"|after)\s+(19|20)\d\d\b",
    re.IGNORECASE,
)
_NAME_IN_R = re.compile(r"X((?:19|20)\d\d)")
_BEFORE_A_POINT = re.compile(r"(?P<period>(?:19|20)\d\d(?:[-/]\d\d)?)[.:]\s?(?P<rest>[^\W\d].*)")


def is_change(heading: str) -> bool:
    """Whether a heading tells of a change from one time to another."""
    return _FROM_ONE_TO_ANOTHER.search(heading) is not None


def may_be_school_year(text: str) -> bool:
    """Whether a month in digits may as well be a school year: `2010-11`."""
    found = re.fullmatch(r"(?:19|20)(\d\d)-(0[1-9]|1[0-2])", text.strip())
    return found is not None and int(found[2]) == (int(found[1]) + 1) % 100


def in_heading(heading: str) -> tuple[str, str] | None:
    """The one period that a heading begins or ends with, and the rest of the heading.

    None for a heading that tells of a change from one time to another, or of more or less than a
    number (`Hytter over 2000`). R writes `X2023` for 2023.
    """
    in_r = _NAME_IN_R.fullmatch(heading)
    if period := in_r[1] if in_r else period_of(heading):
        return period, ""
    if is_change(heading) or _BOUND.search(heading):
        return None
    if (found := _BEFORE_A_POINT.fullmatch(heading)) and (period := period_of(found["period"])):
        return period, found["rest"]
    words = heading.replace("_", " ").replace(",", " ").split()
    years = [word for word in words if re.search(r"(?<!\d)(19|20)\d\d(?!\d)", word)]
    if len(years) != 1:
        return None
    for size in (3, 2, 1):
        for tail, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            if rest and (period := period_of(" ".join(tail).strip("():"))):
                return period, " ".join(rest).strip(" -:(")
    return None
