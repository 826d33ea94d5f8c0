"""Municipality codes and names through time, in memory: what somebody means by a code or a name.

`Municipalities` is plain data once read, so its `resolve` can be handed to code that has no
warehouse at hand. A code in one unbroken use is a life; the lives of one municipality are a line.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple, Self

import duckdb

from common.errors import BoundaryError
from common.names import languages, name_and_county, name_key, name_keys, same_place
from common.text import listed, nearest, shown
from warehouse.lives import Change, Life, Version, by_end, lives_in, outlived_1964, told_once

TABLES = ("mart.municipality_history", "core.county_name", "core.change_event_part")  # it reads
_CODE = re.compile(r"\d{4}")
_COUNTY_WORD = re.compile(r"\s+(fylke|fylkeskommune|county)$", re.IGNORECASE)


class Resolved(NamedTuple):
    """A name from a file: its code, or the sentence that says why it has none."""

    code: str | None
    refusal: str | None


@dataclass(frozen=True)
class Municipalities:
    """Every municipality code, name and change, in memory."""

    versions: tuple[Version, ...]
    changes: tuple[Change, ...]

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> Self:
        """Reads the municipalities from a warehouse; read-only will do."""
        versions = con.execute(
            "select code, name, coalesce(county_name, ''), valid_from, valid_before"
            " from mart.municipality_history"
            " left join core.county_name on county_code = left(code, 2)"
            " order by valid_from, code"
        ).fetchall()
        changes = con.execute(
            "select changed_on, kind, old_code, old_name, new_code, new_name, share"
            " from core.change_event_part order by changed_on, old_code, new_code, kind"
        ).fetchall()
        return cls(
            tuple(Version._make(row) for row in versions),
            tuple(Change._make(row) for row in changes),
        )

    def resolve(self, names: Iterable[tuple[str, str | None]], on: date) -> list[Resolved]:
        """Resolves (name, county or None) to codes in force `on`; one result a row, in order."""
        return [self._resolve_one(name, county, on) for name, county in names]

    def line(self, text: str, county: str | None = None) -> list[Life]:
        """The lives, the last one last, of the one municipality `text` (and `county`) means."""
        if is_code(text.strip()):
            return self._line_of_code(text.strip())
        name, county = name_and_county(text, county)
        versions = self._named(name)
        lines = self._lines([self._life(version) for version in versions])
        # a name nobody has borne since 1964 makes no name in use ambiguous
        lately = {self._life(version) for version in versions if outlived_1964(version)}
        since_1964 = [line for line in lines if lately & set(line)]
        choices = _in_county(since_1964, county, self) or _in_county(lines, county, self)
        if not lines:
            raise BoundaryError(self.unknown(name))
        if not choices:
            lives = [line[-1] for line in since_1964 or lines]
            raise BoundaryError(f"No {name} has been in {county}; there is {self._choices(lives)}.")
        if len(choices) > 1:
            raise BoundaryError(self._ambiguous(text, [line[-1] for line in choices]))
        return choices[0]

    def versions_of(self, lives: list[Life]) -> tuple[Version, ...]:
        """The codes and names of these lives."""
        return tuple(version for version in self.versions if self._life(version) in lives)

    def came_from(self, lives: list[Life]) -> tuple[Change, ...]:
        """The changes that led others, or parts of them, into these lives."""
        return told_once(c for c, old, new in self._moves if new in lives and old not in lives)

    def went_into(self, lives: list[Life]) -> tuple[Change, ...]:
        """The changes that led these lives, or parts of them, into others."""
        return told_once(c for c, old, new in self._moves if old in lives and new not in lives)

    def lives_of(self, code: str) -> list[Life]:
        """The lives of a code, oldest first; none for a code there has never been."""
        return self._lives_by_code.get(code, [])

    def called(self, code: str, on: date) -> str:
        """A code in force on a day, with its name."""
        return next(f"{code} {v.name}" for v in self.versions if v.code == code and v.holds(on))

    def is_same_ground(self, code: str, on: date, other: str, other_on: date) -> bool:
        """Whether two codes, each in force on its day, are one municipality on the same ground.

        Between the days it may have got a new code or name; nothing was merged into it or left it.
        """
        one, another = (
            next(life for life in self.lives_of(found) if life.holds(day))
            for found, day in ((code, on), (other, other_on))
        )
        line = self._reached(one, self._recoded)
        first, last = sorted((on, other_on))
        return another in line and not any(
            first < change.changed_on <= last and (old in line) != (new in line)
            for change, old, new in self._moves
        )

    def codes_named(self, text: str) -> frozenset[str]:
        """The codes that have ever had a name, as written with or without a county."""
        name, _ = name_and_county(text)
        return frozenset(version.code for version in self._named(name))

    def unknown(self, text: str, on: date | None = None) -> str:
        """That no municipality (of a day) has this code or name, and which are nearest to it."""
        when = f" on {on}" if on else ""
        if not text.strip():
            return "A municipality is missing; write its code or its name, such as 0301 or Oslo."
        if digits := re.sub(r"\D", "", text):
            nearest = self._near_code(digits.zfill(4)[:4], on)
            return f"No municipality has the code {shown(text)}{when}; {_nearest('code', nearest)}."
        if name_keys(_COUNTY_WORD.sub("", text.strip())) & self._counties:
            return f"{shown(text)} is a county, not a municipality."
        nearest = self._near_name(text, on)
        return f"No municipality is called {shown(text)}{when}; {_nearest('name', nearest)}."

    def _near_code(self, code: str, on: date | None) -> list[str]:
        names = {v.code: v.name for v in self._holding(on)}
        near = nsmallest(3, names, key=lambda other: _apart(other, code))
        return [f"{code} {names[code]}" for code in ([code] if code in names else near)]

    def _holding(self, on: date | None) -> list[Version]:
        """The codes and names in force on a day, or all; a file asks for one day often."""
        if on not in self._held:
            self._held[on] = [v for v in self.versions if on is None or v.holds(on)]
        return self._held[on]

    @cached_property
    def _counties(self) -> set[str]:
        """The keys of the names of all counties there have been."""
        return set().union(*(name_keys(v.county) for v in self.versions if v.county))

    @cached_property
    def _held(self) -> dict[date | None, list[Version]]:
        return {}

    def _near_name(self, text: str, on: date | None) -> list[str]:
        names = {
            key: version.name
            for key, versions in self._by_key.items()
            for version in versions
            if on is None or version.holds(on)
        }
        near: list[str] = []
        for part in [text, *languages(text)]:
            near = near or nearest(name_key(part), names, 0.6)
        return list(dict.fromkeys(names[key] for key in near))

    @cached_property
    def _moves(self) -> list[tuple[Change, Life, Life]]:
        return [
            (change, *ends)
            for change in self.changes
            if change.kind != "rename" and (ends := self._ends(change))
        ]

    def _resolve_one(self, text: str, county: str | None, on: date) -> Resolved:
        name, county = name_and_county(text, county)
        matches = {v.code: v for v in self._named(name) if v.holds(on)}
        if not matches:
            return Resolved(None, self.unknown(name, on))
        fitting = [v for v in matches.values() if county is None or same_place(v.county, county)]
        if len(fitting) == 1:
            return Resolved(fitting[0].code, None)
        lives = [self._life(version) for version in fitting or matches.values()]
        if not fitting:
            choices = self._choices(lives)
            return Resolved(None, f"No {name} is in {county} on {on}; there is {choices}.")
        return Resolved(None, self._ambiguous(text, lives))

    @cached_property
    def _by_key(self) -> dict[str, list[Version]]:
        index: dict[str, list[Version]] = defaultdict(list)
        for version in self.versions:
            for key in name_keys(version.name):
                index[key].append(version)
        return dict(index)

    def _named(self, text: str) -> list[Version]:
        """Versions with this name, or with every part of it in any order."""
        for parts in filter(None, ([text], languages(text), re.split(r"[\s-]+", text))):
            found = [self._by_key.get(name_key(part), []) for part in parts]
            common = [v for v in found[0] if all(v in others for others in found[1:])]
            if common:
                return common
        return []

    @cached_property
    def _life_of(self) -> dict[Version, Life]:
        """Versions of a code that follow on each other are one life, unless it was given away."""
        left: set[tuple[str, date | None]] = {
            (c.old_code, c.changed_on) for c in self.changes if c.kind == "recode"
        }
        lives: dict[Version, Life] = {}
        by_code: dict[str, list[Version]] = defaultdict(list)
        for version in self.versions:
            by_code[version.code].append(version)
        for versions in by_code.values():
            for run in lives_in(versions, left):
                life = Life(run[0].code, run[0].valid_from, run[-1].valid_to)
                lives |= dict.fromkeys(run, life)
        return lives

    def _life(self, version: Version) -> Life:
        return self._life_of[version]

    @cached_property
    def _lives(self) -> list[Life]:
        return sorted(set(self._life_of.values()), key=lambda life: (life.valid_from, life.code))

    @cached_property
    def _lives_by_code(self) -> dict[str, list[Life]]:
        index: dict[str, list[Life]] = defaultdict(list)
        for life in self._lives:
            index[life.code].append(life)
        return dict(index)

    def _ends(self, change: Change) -> tuple[Life, Life] | None:
        """The lives a change leads from and to; None where one code simply lives on."""
        old = [
            life
            for life in self._lives_by_code.get(change.old_code, [])
            if life.valid_from < change.changed_on
            and (life.valid_to is None or change.changed_on <= life.valid_to)
        ]
        new = [
            life
            for life in self._lives_by_code.get(change.new_code, [])
            if life.holds(change.changed_on)
        ]
        return (old[0], new[0]) if old and new and old[0] != new[0] else None

    @cached_property
    def _heirs(self) -> dict[Life, set[Life]]:
        heirs: dict[Life, set[Life]] = defaultdict(set)
        for change in self.changes:
            if change.kind != "transfer" and (ends := self._ends(change)):
                heirs[ends[0]].add(ends[1])
        return dict(heirs)

    @cached_property
    def _recoded(self) -> dict[Life, set[Life]]:
        """Lives that are one municipality under a new code, both ways."""
        same: dict[Life, set[Life]] = defaultdict(set)
        for change in self.changes:
            if change.kind == "recode" and (ends := self._ends(change)):
                same[ends[0]].add(ends[1])
                same[ends[1]].add(ends[0])
        return dict(same)

    def _became(self, one: Life, other: Life) -> bool:
        """Whether one of the two is what the other turned into, in one step or many."""
        return other in self._reached(one, self._heirs) or one in self._reached(other, self._heirs)

    def _reached(self, start: Life, onwards: dict[Life, set[Life]]) -> set[Life]:
        reached, ahead = {start}, [start]
        while ahead:
            fresh = onwards.get(ahead.pop(), set()) - reached
            reached |= fresh
            ahead += fresh
        return reached

    def _lines(self, lives: list[Life]) -> list[list[Life]]:
        """Groups lives into municipalities: one that became another is the same.

        Within a line those given up come first, the one that lives on last.
        """
        lines: list[set[Life]] = []
        for life in set(lives):
            touched = [line for line in lines if any(self._became(life, one) for one in line)]
            lines = [line for line in lines if line not in touched]
            lines.append({life}.union(*touched))
        whole = [set().union(*(self._reached(x, self._recoded) for x in line)) for line in lines]
        return [sorted(line, key=by_end) for line in whole]

    def _line_of_code(self, code: str) -> list[Life]:
        lives = self._lives_by_code.get(code)
        if not lives:
            raise BoundaryError(self.unknown(code))
        life = lives[-1]
        keys = set().union(*(v.name_keys for v in self.versions if self._life(v) == life))
        named = [self._life(version) for key in keys for version in self._by_key[key]]
        return next(line for line in self._lines(named) if life in line)

    def _choice(self, life: Life) -> str:
        county = next(v.county for v in self.versions if self._life(v) == life)
        until = f" until {life.valid_to.year - 1}" if life.valid_to else ""
        return f"{life.code} in {county}{until}"

    def _choices(self, lives: Iterable[Life]) -> str:
        return listed([self._choice(life) for life in sorted(lives, key=lambda life: life.code)])

    def _ambiguous(self, text: str, lives: list[Life]) -> str:
        return (
            f"{shown(text)} is the name of {len(lives)} municipalities: {self._choices(lives)}."
            " Write the code, or the name with its county in brackets."
        )


def is_code(text: str) -> bool:
    """Whether a text has the form of a municipality code."""
    return _CODE.fullmatch(text) is not None


def _in_county(
    lines: list[list[Life]], county: str | None, municipalities: Municipalities
) -> list[list[Life]]:
    if county is None:
        return lines
    return [
        line
        for line in lines
        if any(
            same_place(v.county, county) for v in municipalities.versions if v.code in _codes(line)
        )
    ]


def _codes(line: list[Life]) -> set[str]:
    return {life.code for life in line}


def _apart(one: str, other: str) -> tuple[int, str]:
    return abs(int(one) - int(other)), one


def _nearest(kind: str, choices: list[str]) -> str:
    if not choices:
        return f"no {kind} is near it"
    return (
        f"the nearest {kind} is {choices[0]}"
        if len(choices) == 1
        else (f"the nearest {kind}s are {listed(choices)}")
    )
