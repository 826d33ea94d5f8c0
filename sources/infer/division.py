"""In which municipal division a file's codes or names live: only they decide it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from common.text import listed
from sources.infer.hints import FIRST_YEAR, Hints, Known, Question

_NEARLY_ALL = 0.9

Year = int | Literal["own"]
Name = tuple[str, str | None]
Holding = Callable[[int], dict[Name, str]]
"""A year -> those of a file's names, or codes, that are a municipality's on its 1 January.

Each with the code it has then.
"""


@dataclass(frozen=True)
class Division:
    """The year of the division, or `own` for each figure's year; and why."""

    year: Year
    names_on: date | Literal["own"] | None
    why: str


def of_codes(
    file: str,
    codes: Sequence[str | None],
    years: Sequence[set[int]],
    has_names: bool,
    hints: Hints,
    known: Known,
) -> Division:
    """The newest year of the file, or a later one, in whose division all codes are in force.

    Codes of several divisions are each of the figure's own year. Codes that are only of an earlier
    division than the figures are asked about.
    """
    wanted = {code for code in codes if code}

    def strange(year: int) -> int:
        return len(wanted - known.in_force(year))

    def found(year: Year, why: str) -> Division:
        day: date | Literal["own"] = "own" if year == "own" else date(year, 1, 1)
        return Division(year, day if has_names else None, why)

    if hints.division is not None:
        return found(hints.division, "as you said")
    fitting = _years_of(years, known)
    for year in (*fitting, *range(fitting[0] + 1, known.today.year + 1)):
        if strange(year) == 0:
            also = [other for other in fitting if other != year and strange(other) == 0]
            hint = f"; also in {also[-1]}" if also else ""
            return found(year, f"all {len(wanted)} codes are in force in {year}{hint}")
    own = [
        code in known.in_force(year)
        for code, when in zip(codes, years, strict=True)
        if code
        for year in when
    ]
    if len(fitting) > 1 and sum(own) >= len(own) * _NEARLY_ALL > 0:
        return found("own", "codes of several divisions: each figure in that of its own year")
    best = min(fitting, key=strange)
    if strange(best) <= len(wanted) * (1 - _NEARLY_ALL):
        return found(best, f"all but {strange(best)} of {len(wanted)} codes are in force in {best}")
    before = next((y for y in range(fitting[-1] - 1, FIRST_YEAR - 1, -1) if strange(y) == 0), None)
    advice = (
        f"All are in force in {before}; if the figures are of that division, say --division"
        f" {before}."
        if before
        else "Say --division YEAR, or correct the codes."
    )
    some = ", ".join(sorted(wanted - known.in_force(best))[:3])
    raise Question(
        f"{file}: {strange(best)} of {len(wanted)} codes were not in force in {best} ({some})."
        f" {advice}" + (f" {sum(own)} of {len(own)} are in their own year." if own else ""),
        "division",
        (str(before),) if before else (),
    )


def of_names(
    file: str, names: Sequence[Name], years: Sequence[set[int]], hints: Hints, known: Known
) -> Division:
    """The day on which all names hold: 1 January of the newest year of the file, or a later one.

    Where there is none, the best of these days if nearly all hold on it, or each figure's own year.
    """
    if hints.names_on:
        return Division(hints.names_on.year, hints.names_on, "as you said")
    wanted = [name for name in dict.fromkeys(names) if known.codes_named(name[0])]
    if hints.division == "own":
        return Division("own", "own", "as you said")
    holding = names_holding(wanted, known)

    def holds(year: int) -> int:
        return len(holding(year))

    fitting = _years_of(years, known)
    if isinstance(hints.division, int):
        day = date(hints.division, 1, 1)
        return Division(hints.division, day, "as you said")
    days = [*fitting, *range(fitting[0] + 1, known.today.year + 1)]
    best = max(days, key=lambda year: (holds(year), -days.index(year)))
    why = f"{holds(best)} of {len(wanted)} names hold on 1 January {best}"
    if holds(best) < len(wanted) and len(fitting) > 1:
        own = _held_in_own_year(names, years, holding)
        if own > holds(best):
            return Division("own", "own", "names of several divisions: each in its own year")
    return Division(best, date(best, 1, 1), why)


def _years_of(years: Sequence[set[int]], known: Known) -> list[int]:
    """The years of a file, the newest first; forecasts are on the division of today."""
    found = {min(year, known.today.year) for year in set().union(*years)}
    return sorted(found, reverse=True) or [known.today.year]


def settled(
    file: str,
    division: Division,
    places: Sequence[Name],
    figured: Sequence[set[int]],
    holding: Holding,
    known: Known,
) -> Division:
    """The division, if it is certain that figures of earlier years are on it: else a Question.

    `places` are names or codes, empty where a row has none; `figured` has the years in which each
    row has a figure that is not 0. A municipality with such a figure in a year in which it was not
    in force shows that the file is restated. One without looks as in a file in which each figure is
    on the division of its own year; where another shows that the file is restated, it counts only
    if it has figures in other years.
    """
    if division.year == "own":
        return division
    had: dict[Name, set[int]] = defaultdict(set)
    for place, found in zip(places, figured, strict=True):
        had[place] |= found if place[0] else set()
    fitting = sorted(year for year in set().union(*had.values()) if year >= FIRST_YEAR)
    not_in_force = {
        place: [year for year in fitting if place not in holding(year)]
        for place in set().union(*(holding(year) for year in (*fitting, division.year)))
    }
    restated = any(had[place] & set(years) for place, years in not_in_force.items())
    doubtful = sorted(
        (place[0], years)
        for place, years in not_in_force.items()
        if years and not had[place] & set(years) and (had[place] or not restated)
    )
    if doubtful:
        name, years = doubtful[0]
        of_one = str(division.year)
        # codes with figures of years in which they were not in force can't be of those years
        can_be_own = not (restated and name.isdigit())
        answer = "say --division own" if can_be_own else "write the codes of that year"
        raise Question(
            f"{file}: {name} was not in force in {listed([str(year) for year in years])} and has no"
            f" figure then, or 0; say --division {of_one} if all figures are on the municipal"
            f" division of {of_one}, or, if each is on that of its own year, {answer}.",
            "division",
            ("own", of_one) if can_be_own else (of_one,),
        )
    if not restated:
        return _message_of_other_ground(file, division, had, holding, known)
    _require_one_later_division(file, division.year, had, holding, known)
    return division


def _message_of_other_ground(
    file: str, division: Division, had: dict[Name, set[int]], holding: Holding, known: Known
) -> Division:
    """The division, with a code that had other ground in the year of one of its figures.

    Ålesund of 2022 is with Haram on the division of 2022, and without on that of 2024. Codes decide
    the division; where there are names alone it is asked: raises a Question.
    """
    of_one = int(division.year)
    found = (
        (place[0], year)
        for place, code in sorted(holding(of_one).items())
        for year in sorted(had[place])
        if (then := holding(year).get(place)) and not known.is_same_ground(then, year, code, of_one)
    )
    if (first := next(found, None)) is None:
        return division
    name, year = first
    message = f"{name} was on other ground in {year} than in {of_one}"
    own = "--division own if each figure is on the municipal division of its own year"
    if name.isdigit():
        return replace(division, why=f"{division.why}; {message}: say {own}")
    raise Question(
        f"{file}: {message}; say {own}, or --division {of_one} if all are on that of {of_one}.",
        "division",
        ("own", str(of_one)),
    )


def _require_one_later_division(
    file: str, division: int, had: dict[Name, set[int]], holding: Holding, known: Known
) -> None:
    """Raises a Question where a restated file may be of a later division as well.

    A file of nearly all municipalities is not: those of the later one alone would be in it.
    """
    held = holding(division)
    if len(held) >= len(known.in_force(division)) * _NEARLY_ALL:
        return
    for later in range(division + 1, known.today.year + 1):
        found = holding(later)
        for place, code in sorted(held.items()):
            if not held.keys() <= found.keys() or not had[place]:
                continue
            if not known.is_same_ground(code, division, found[place], later):
                raise Question(
                    f"{file}: the figures are restated, to the municipal division of {division} or"
                    f" of {later}, on which {place[0]} is on other ground; say --division"
                    f" {division} or --division {later}.",
                    "division",
                    (str(division), str(later)),
                )


def codes_holding(codes: set[str], known: Known) -> Holding:
    """Codes as names without a county."""
    return lambda year: {(code, None): code for code in codes & known.in_force(year)}


def names_holding(wanted: Sequence[Name], known: Known) -> Holding:
    """Names, each looked up once for a year."""
    held: dict[int, dict[Name, str]] = {}

    def holding(year: int) -> dict[Name, str]:
        if year not in held:
            found = known.resolve(wanted, date(year, 1, 1))
            pairs = zip(wanted, found, strict=True)
            held[year] = {name: code for name, code in pairs if isinstance(code, str)}
        return held[year]

    return holding


def _held_in_own_year(names: Sequence[Name], years: Sequence[set[int]], holding: Holding) -> int:
    """How many names are a municipality's in one of the years they have figures of."""
    pairs = zip(names, years, strict=True)
    return len({name for name, found in pairs if any(name in holding(year) for year in found)})
