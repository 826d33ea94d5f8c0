"""Some municipalities with their real codes through time: those that are easily mistaken.

2018 to 2025 were codes in Finnmark, two are called Herøy, Haram and Ålesund were one for a while.
"""

from collections.abc import Sequence
from datetime import date

from common.errors import InputError
from common.names import name_and_county
from sources.infer import Known

# name, county, and its codes from a year to the year before another
_SINCE = 1838
_TO_NOW = 9999
VERSIONS = [
    ("0301", "Oslo", "Oslo", _SINCE, _TO_NOW),
    ("1103", "Stavanger", "Rogaland", _SINCE, _TO_NOW),
    ("1804", "Bodø", "Nordland", _SINCE, _TO_NOW),
    ("1201", "Bergen", "Hordaland", _SINCE, 2020),
    ("4601", "Bergen", "Vestland", 2020, _TO_NOW),
    ("1601", "Trondheim", "Sør-Trøndelag", _SINCE, 2018),
    ("5001", "Trondheim", "Trøndelag", 2018, _TO_NOW),
    ("1504", "Ålesund", "Møre og Romsdal", _SINCE, 2020),
    ("1507", "Ålesund", "Møre og Romsdal", 2020, 2024),
    ("1508", "Ålesund", "Møre og Romsdal", 2024, _TO_NOW),
    ("1534", "Haram", "Møre og Romsdal", _SINCE, 2020),
    ("1580", "Haram", "Møre og Romsdal", 2024, _TO_NOW),
    ("4647", "Sunnfjord", "Vestland", 2020, _TO_NOW),
    ("1515", "Herøy", "Møre og Romsdal", _SINCE, _TO_NOW),
    ("1818", "Herøy", "Nordland", _SINCE, _TO_NOW),
    ("0101", "Halden", "Østfold", _SINCE, 2020),
    ("3001", "Halden", "Viken", 2020, 2024),
    ("3101", "Halden", "Østfold", 2024, _TO_NOW),
    ("0805", "Porsgrunn", "Telemark", _SINCE, 2020),
    ("3806", "Porsgrunn", "Vestfold og Telemark", 2020, 2024),
    ("4001", "Porsgrunn", "Telemark", 2024, _TO_NOW),
    *(
        (code, name, county, since, until)
        for codes, name in (
            (("2018", "5434", "5618"), "Måsøy"),
            (("2019", "5435", "5620"), "Nordkapp"),
            (("2020", "5436", "5622"), "Porsanger"),
            (("2021", "5437", "5610"), "Karasjok"),
            (("2022", "5438", "5624"), "Lebesby"),
            (("2023", "5439", "5626"), "Gamvik"),
            (("2024", "5440", "5630"), "Berlevåg"),
            (("2025", "5441", "5628"), "Tana"),
        )
        for code, county, since, until in zip(
            codes,
            ("Finnmark", "Troms og Finnmark", "Finnmark"),
            (_SINCE, 2020, 2024),
            (2020, 2024, _TO_NOW),
            strict=True,
        )
    ),
]
MERGED_OR_PARTED = [(2020, "Ålesund"), (2024, "Ålesund"), (2020, "Stavanger"), (2020, "Haram")]


def in_force(year: int) -> frozenset[str]:
    return frozenset(code for code, _, _, since, until in VERSIONS if since <= year < until)


def name_of(code: str) -> str:
    return next(name for found, name, *_ in VERSIONS if found == code)


def county_of(code: str) -> str:
    return next(county for found, _, county, *_ in VERSIONS if found == code)


def _named(text: str) -> tuple[set[str], str | None]:
    name, county = name_and_county(text)
    codes = {code for code, found, *_ in VERSIONS if found.casefold() == name.casefold()}
    return codes, county


def codes_named(text: str) -> frozenset[str]:
    return frozenset(_named(text)[0])


def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
    found: list[str | Exception] = []
    for text, county in names:
        codes, within = _named(text)
        within = county or within
        holding = sorted(codes & in_force(on.year))
        fitting = [c for c in holding if within is None or county_of(c).lower() == within.lower()]
        sentence = f"No municipality is called '{text}' on {on}, or several are."
        found.append(fitting[0] if len(fitting) == 1 else InputError(sentence))
    return found


def is_same_ground(code: str, year: int, other: str, other_year: int) -> bool:
    """Whether they are one municipality, and none of it was merged or parted between the years."""
    first, last = sorted((year, other_year))
    changed = [when for when, name in MERGED_OR_PARTED if name == name_of(code)]
    return name_of(code) == name_of(other) and not any(first < when <= last for when in changed)


KNOWN = Known(resolve, in_force, codes_named, is_same_ground, date(2026, 6, 1))
