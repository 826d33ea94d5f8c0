"""What a membership file is checked against: municipalities, their codes and names, networks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from common.names import languages, name_and_county, name_keys, same_place
from common.text import listed

Period = tuple[date, date | None]
"""From a day to, but not on, another; None while it lasts."""


@dataclass(frozen=True)
class MembershipLookup:
    """What the file is checked against: municipalities, networks, and names looked up."""

    municipalities: Mapping[str, str]
    networks: tuple[str, ...]
    counties: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Sequence[Period]] = field(default_factory=dict)

    @cached_property
    def codes_by_key(self) -> dict[str, list[str]]:
        """Codes in use by each key of the municipality's name."""
        return _by_key(self.municipalities)

    @cached_property
    def former_codes_by_key(self) -> dict[str, list[str]]:
        """Codes no longer in use by each key of the name they had."""
        return _by_key(self.former)

    def codes_of(self, text: str) -> list[str]:
        """Codes in use of the municipalities that a name, as people write it, can mean."""
        name, county = name_and_county(text)
        codes = _codes(self.codes_by_key, name)
        return [c for c in codes if county is None or same_place(county, self.county(c))]

    def former_codes_of(self, text: str) -> list[str]:
        """Codes no longer in use of the municipalities that a name can mean."""
        return _codes(self.former_codes_by_key, name_and_county(text)[0])

    def county(self, code: str) -> str:
        """The county of a code in use, or what stands in brackets after its name."""
        return self.counties.get(code) or name_and_county(self.municipalities[code])[1] or ""

    def shown(self, code: str) -> str:
        """`1515 in Møre og Romsdal`, to tell homonyms apart."""
        county = languages(self.county(code))[0]  # the Norwegian name stands first
        return f"{code} in {county}" if county else f"{code} {self.municipalities[code]}"

    def choices(self, codes: Iterable[str]) -> str:
        """Codes to choose from, each with its county."""
        return listed([self.shown(code) for code in codes], "or")

    def named(self, code: str) -> str:
        """`1804 (Bodø)`"""
        return f"{code} ({self.municipalities[code]})"

    def is_in_force(self, code: str, year: int) -> bool:
        """Whether a code belongs to the division of 1 January of a year, as far as is known."""
        day, periods = date(year, 1, 1), self.periods.get(code, [])
        return not periods or any(
            first <= day and (end is None or day < end) for first, end in periods
        )

    def years(self, code: str) -> str:
        """The years in whose divisions a code is, in words: `2020-2023 and 2026-`."""
        return listed(
            [f"{first.year}-{end.year - 1 if end else ''}" for first, end in self.periods[code]]
        )

    def near_codes(self, code: str) -> list[str]:
        """The three nearest to a wrong code: fewest digits different, then nearest in number."""

        def distance(other: str) -> tuple[int, int]:
            different = sum(a != b for a, b in zip(code, other, strict=False))
            return different, abs(int(code) - int(other))

        return sorted(self.municipalities, key=distance)[:3]


def _by_key(names: Mapping[str, str]) -> dict[str, list[str]]:
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for code, name in names.items():
        for key in name_keys(name) | name_keys(name_and_county(name)[0]):
            codes[key].append(code)
    return dict(codes)


def _codes(by_key: Mapping[str, list[str]], name: str) -> list[str]:
    return sorted({code for key in name_keys(name) for code in by_key.get(key, [])})
