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
    """The code of a period, whichever way it is written; None if it is none that exists."""
    said = " ".join(text.split())
    for form in _FORMS:
        if match := form.fullmatch(said):
            return _code(match.groupdict())
    return None


def _code(parts: dict[str, str | None]) -> str | None:
    year, kind = parts["year"], (parts.get("kind") or "").upper()
    if kind:
        part = parts["part"] or ""
        if kind == "H":
            return f"{year}H{part}" if part in "12" else None
        return f"{year}{kind[0]}{part}"
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
    said = text.strip().rstrip(".").lower()
    found = re.fullmatch(r"(?:[kq]|kv\.?\s*)?([1-4])(?:\.?\s*kv(?:artal)?)?", said)
    if found and (quarters or not said.isdigit()):
        return f"K{found[1]}"
    if quarters:
        return None
    month = _MONTHS.get(said) or (int(said) if re.fullmatch(r"\d{1,2}", said) else 0)
    return f"M{month:02}" if 1 <= month <= 12 else None


def in_heading(heading: str) -> tuple[str, str] | None:
    """The one period that a heading begins or ends with, and the rest of the heading."""
    if period := period_of(heading):
        return period, ""
    words = heading.replace("_", " ").replace(",", " ").split()
    years = [word for word in words if re.search(r"(?<!\d)(19|20)\d\d(?!\d)", word)]
    if len(years) != 1:
        return None
    for size in (3, 2, 1):
        for tail, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            if rest and (period := period_of(" ".join(tail).strip("():"))):
                return period, " ".join(rest).strip(" -:(")
    return None
