"""Headings by what they say of a column: codes, names, counties or periods."""

import re

CODE_WORDS = re.compile(
    r"(kommune|komm?|k|municipality|region)?(nummer|nr|kode|num|no|number|code|id)(pr)?\d{0,4}"
    r"|geo|region|kommune|municipality"
)
_OF_ANYTHING = re.compile(r"(nummer|nr|num|no|number|id)\d{0,4}")
NAME_WORDS = re.compile(
    r"(kommune|komm?|k|municipality|region)?(navn|namn|name)\d{0,4}|kommuner?|municipality|region"
)
OTHER_PLACE_WORDS = re.compile(
    r"(by|tettsted|poststed|(økonomisk|arbeidsmarkeds|bobyarbeids|ba|bo|helse|nav)region"
    r"|arbeidsmarked|(valg|politi|lensmanns|skole|barnehage|helse|domstol|tilsyns|regions?)distrikt"
    r"|politidistrikt|valgkrets|skolekrets|grunnkrets|bydel|delområde|bispedømme|prosti|sogn"
    r"|menighet|havn|lufthavn|flyplass|stasjon|jernbanestasjon|målestasjon|værstasjon|sykehus"
    r"|helseforetak|tingrett|domstol|skole|barnehage|universitet|høgskole|studiested|campus|senter"
    r"|town|city|urbansettlement|urbanarea|airport|economicregion|policedistrict|hospital|school)"
    r"(er|e|s)?(navn|namn|name)?"
)
"""Headings of places that are named as municipalities are, and are none."""

OTHER_CODE_WORDS = re.compile(
    r"(post|zip|løpe|lope|rad|svar|respondent|response?|bruker|kunde|saks|journal|telefon|tlf|mobil"
    r"|phone|org|organisasjons|bedrifts|krets|valgkrets|skolekrets|grunnkrets|delområde|bydels?"
    r"|tettsteds?|skole|barnehage|enhets?|avdelings?|prosjekt)s?(nummer|nr|kode|id|no|number|code)"
    r"|zip|telefon|tlf|mobil|phone|respondent"
)
"""Headings of numbers that look as municipality codes may, and are something else's."""

_OTHER_EDITION = re.compile(
    r"(ny|nye|gammel|gamle|tidligere|tidlegare|opprinnelig|old|new|former)?kommune(navn|namn)?"
    r"(ny|nye|gammel|gamle|før|etter|fra|til|\d{4}).*|(ny|nye|gammel|gamle|tidligere|tidlegare"
    r"|opprinnelig|old|new|former)(kommune|municipality)(navn|namn|name)?.*"
)
COUNTY_WORDS = re.compile(r"fylkes?(navn|namn)?|county(name)?")
# UTF-8 that was read as Windows-1252, or letters that an encoding did not have.
LOST_LETTERS = re.compile(r"\u00c3[^\w\s]|\u00c3\u02dc|\ufffd|[^\W\d]\?[^\W\d]|^\?[^\W\d]")
NEAR_CODE = re.compile(r"'?\d\d\s?\d\d|0\d{4}")
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


def is_name_heading(heading: str) -> bool:
    """Whether a heading says that its column holds names, be it of an older or a newer division."""
    text = plain(heading)
    return bool(NAME_WORDS.fullmatch(text) or _OTHER_EDITION.fullmatch(text))


def is_code_heading(heading: str) -> bool:
    """Whether a heading says that its column holds codes; `id` and `nr` may be of anything."""
    text = plain(heading)
    return bool(CODE_WORDS.fullmatch(text)) and not _OF_ANYTHING.fullmatch(text)


def is_place_heading(heading: str) -> bool:
    """Whether a heading says that its column holds municipalities."""
    text = plain(heading)
    return bool(CODE_WORDS.fullmatch(text) or NAME_WORDS.fullmatch(text))
