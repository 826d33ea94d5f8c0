"""Headings by what they say of a column: codes, names, counties or periods."""

import re

CODE_WORDS = re.compile(
    r"(kommune|komm?|k|municipality|region)?(nummer|nr|kode|num|no|number|code|id)(pr)?\d{0,4}"
    r"|geo|region|kommune|municipality"
)
NAME_WORDS = re.compile(
    r"(kommune|komm?|k|municipality|region)?(navn|namn|name)\d{0,4}|kommuner?|municipality|region"
)
COUNTY_WORDS = re.compile(r"fylkes?(navn|namn)?|county(name)?")
_PERIOD_WORDS = {
    "år", "aar", "year", "yr", "årstall", "aarstall", "periode", "period", "tid", "time", "dato",
    "date", "aargang", "årgang", "rapporteringsår", "statistikkår", "skoleår",
}  # fmt: skip


def plain(heading: str) -> str:
    """A heading as it is compared: its letters and digits."""
    return re.sub(r"[\W_]+", "", heading.lower())


def is_period_heading(heading: str) -> bool:
    """Whether a heading says that its column holds periods."""
    return plain(heading) in _PERIOD_WORDS


def is_place_heading(heading: str) -> bool:
    """Whether a heading says that its column holds municipalities."""
    said = plain(heading)
    return bool(CODE_WORDS.fullmatch(said) or NAME_WORDS.fullmatch(said))
