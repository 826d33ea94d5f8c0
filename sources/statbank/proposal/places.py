"""Which dimension of a table is of municipalities, and how its codes are to be read."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sources.infer import Known, Question
from sources.jsonstat import Cube, Dimension
from sources.statbank.proposal.wishes import SAID, Decision, Wishes
from sources.statbank.selection import CONTENTS, TIME

_CODE = re.compile(r"(?P<form>K[-_])?(?P<number>\d{4})")
_FEWEST = 10  # municipalities by code and name, below which a dimension may be of anything
_AGREES = 0.8  # of the codes that are municipalities, how many must have the name of one too
_STEADY = 0.9  # of the best year's coverage, what every other year must have
_WHOLE = 0.9  # of the municipalities of a year, below which a table is of some of them only
_NAMED = 5


@dataclass(frozen=True)
class Places:
    """The region dimension: how its codes are asked for and read, and which it has besides."""

    dimension: Dimension
    form: str
    numbers: frozenset[str]
    is_certain: bool
    strangers: tuple[str, ...] = ()
    division: Literal["own", "current"] = "own"
    is_partial: bool = False
    decisions: tuple[Decision, ...] = ()

    @property
    def codes(self) -> str:
        """The expression that chooses the municipalities, as `????` or `K_????`."""
        return f"{self.form}????"


def find(cube: Cube, wishes: Wishes, known: Known) -> Places | None:
    """The dimension of municipalities; None if the table has none. Raises Question in doubt."""
    found = [place for each in cube.dimensions if (place := _looked_at(each, known))]
    if wishes.region:
        found = [each for each in found if each.dimension.code == wishes.region]
        if not found:
            raise Question(
                f"table {wishes.number}: dimension {wishes.region} is not of municipalities, or is"
                f" not there; the dimensions are {', '.join(d.code for d in cube.dimensions)}.",
                "region",
            )
    if not found:
        return None
    if len(found) > 1:
        names = "; ".join(f"{each.dimension.code} ({each.dimension.label})" for each in found)
        raise Question(
            f"table {wishes.number} has {len(found)} dimensions of municipalities: {names}. Write"
            " --region with the one the figures are to be of, and --select for the other.",
            "region",
            tuple(each.dimension.code for each in found),
        )
    [place] = found
    if not place.is_certain and not wishes.region:
        raise Question(
            f"table {wishes.number}: dimension {place.dimension.code} ({place.dimension.label}) has"
            " codes of municipalities under other names. If they are municipalities nevertheless,"
            f" write --region {place.dimension.code}.",
            "region",
            (place.dimension.code,),
        )
    return _placed_in_time(place, cube.dimension(TIME).codes, wishes, known)


def _looked_at(dimension: Dimension, known: Known) -> Places | None:
    """What a dimension would be as one of municipalities; None if it is of something else."""
    if dimension.code in {CONTENTS, TIME}:
        return None
    matches = {code: m for code in dimension.codes if (m := _CODE.fullmatch(code))}
    there = {code: m for code, m in matches.items() if m["number"] in known.ever}
    if len(there) < _FEWEST:
        return None
    labels = dict(zip(dimension.codes, dimension.labels, strict=True))
    named = [c for c, m in there.items() if known.kind(_cell(m["number"], labels[c])) == "both"]
    [(form, _)] = Counter(m["form"] or "" for m in there.values()).most_common(1)
    strangers = [
        f"{code} {labels[code]}"
        for code, m in matches.items()
        if (m["form"] or "") == form and code not in there
    ]
    numbers = frozenset(m["number"] for m in there.values() if (m["form"] or "") == form)
    is_certain = len(named) >= max(_FEWEST, _AGREES * len(there))
    return Places(dimension, form, numbers, is_certain, tuple(strangers))


def _cell(number: str, label: str) -> str:
    """Code and name; some labels begin with the code as well."""
    return f"{number} {label.removeprefix(number).strip()}"


def _placed_in_time(place: Places, periods: Sequence[str], wishes: Wishes, known: Known) -> Places:
    """The division in which the codes are to be read, by the codes in force in each year."""
    years = sorted({min(int(period[:4]), known.today.year) for period in periods})
    share = {
        year: len(in_force & place.numbers) / len(in_force)
        for year in years
        if (in_force := known.in_force(year) - {"9999"})
    }
    best = max(share.values(), default=0)
    uneven = [year for year, part in share.items() if part < _STEADY * best]
    today = known.in_force(known.today.year)
    if wishes.division:
        division, why = wishes.division, SAID
    elif not uneven:
        division, why = "own", f"it has the codes in force in each year, {years[0]} to {years[-1]}"
    elif place.numbers <= today:
        division = "current"
        why = (
            f"it has codes of today only, though it begins in {years[0]}: figures of years before"
            " are the publisher's own sums, or missing"
        )
    else:
        raise Question(
            f"table {wishes.number}: of {uneven[0]} it has {share[uneven[0]]:.0%} of the codes in"
            f" force, of other years up to {best:.0%}. Write --division own if each year's figures"
            " stand under the codes of that year, or current if all are sums over today's"
            " municipalities; or --periods with the years to take, as from(2020).",
            "division",
            ("own", "current"),
        )
    decisions = [
        Decision(
            "regions",
            f"{place.dimension.code} ({place.dimension.label}), codes written {place.codes}",
            f"{len(place.numbers)} codes are municipalities by code and name",
        ),
        Decision("division", division, why),
    ]
    if place.strangers:
        named = ", ".join(place.strangers[:_NAMED])
        more = f" and {len(place.strangers) - _NAMED} more" if len(place.strangers) > _NAMED else ""
        decisions.append(
            Decision("set aside", f"{named}{more}", "written alike, but no municipality's code")
        )
    return replace(place, division=division, is_partial=best < _WHOLE, decisions=tuple(decisions))
