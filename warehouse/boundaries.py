"""The municipal map, for people: what became of a municipality, and what is wrong with a code.

The facts are tables (`mart.municipality_history`, `core.change_event_part`, `core.crosswalk`); this
module only reads them. Queries have no parameters: with one, DuckDB imports pandas, which
takes longer than the answer.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb

from common.errors import BoundaryError
from common.text import listed, shown
from warehouse.lives import FIRST_DIVISION, Change, Life, Version
from warehouse.models import quote
from warehouse.municipalities import Municipalities, is_code


class Successor(NamedTuple):
    """A municipality that ground lies in; share is None where nobody has published it."""

    code: str
    name: str
    county: str
    share: float | None


@dataclass(frozen=True)
class History:
    """One municipality through its codes and names, what it came from and what it went into."""

    versions: tuple[Version, ...]
    came_from: tuple[Change, ...]
    went_into: tuple[Change, ...]
    today: tuple[Successor, ...]

    @property
    def last(self) -> Version:
        return self.versions[-1]


def division_of(con: duckdb.DuckDBPyConnection, year: int) -> date:
    """The division in force on 1 January of `year`, as its first day. Raises BoundaryError."""
    row = con.execute(f"select division from core.division_year where year = {year:d}").fetchone()
    if row is None:
        raise BoundaryError(
            f"No municipal division is known for {year}: the first year is"
            f" {FIRST_DIVISION.year}, the last 2100."
        )
    division: date = row[0]
    return division


def made_of_whole(con: duckdb.DuckDBPyConnection, year: int) -> dict[str, tuple[str, ...]]:
    """The municipalities of today that are made of whole ones of a year, and of which.

    One that has a part of a divided municipality is left out. Raises BoundaryError.
    """
    rows = con.execute(
        f"""
        select to_code, list(from_code order by from_code)
        from core.crosswalk
        where from_date = date '{division_of(con, year)}'
            and to_date = (select max(valid_from) from core.division)
        group by to_code
        having bool_and(relation in ('one-to-one', 'many-to-one'))
        order by to_code
        """
    ).fetchall()
    return {code: tuple(parts) for code, parts in rows}


def this_year(con: duckdb.DuckDBPyConnection) -> int:
    """The year in which Klass was last asked which municipalities there are."""
    return _today(con).year


def find(con: duckdb.DuckDBPyConnection, text: str, county: str | None = None) -> History:
    """Finds one municipality by a code or name it has had at any time. Raises BoundaryError."""
    municipalities = Municipalities.read(con)
    line = municipalities.line(text, county)
    return History(
        municipalities.versions_of(line),
        municipalities.came_from(line),
        municipalities.went_into(line),
        _lies_in(con, municipalities, line[-1], _today(con)),
    )


def code_on(con: duckdb.DuckDBPyConnection, text: str, on: date) -> str:
    """The code in force on a day that a code or a name means. Raises BoundaryError.

    A name the municipality has had on another day will do, a code of another day will not.
    """
    municipalities, text = Municipalities.read(con), text.strip()
    if is_code(text):
        if fault := code_fault(con, municipalities, text, on):
            raise BoundaryError(fault)
        return text
    [resolved] = municipalities.resolve([(text, None)], on)
    if resolved.code:
        return resolved.code
    line = municipalities.line(text)
    for life in line:
        if life.holds(on):
            return life.code
    raise BoundaryError(_out_of_force(con, municipalities, line[-1:], on))


def code_fault(
    con: duckdb.DuckDBPyConnection, municipalities: Municipalities, code: str, on: date
) -> str | None:
    """Why `code` is no municipality `on` that day, as a sentence; None if it is one."""
    if on < FIRST_DIVISION:
        return f"{on} is before the first municipal division; the earliest is {FIRST_DIVISION}."
    if not is_code(code):
        [meant] = municipalities.resolve([(code, None)], on)
        return (
            f"{shown(code)} is a name; write its code, {meant.code}."
            if meant.code
            else meant.refusal
        )
    lives = municipalities.lives_of(code)
    if not lives:
        return municipalities.unknown(code, on)
    if any(life.holds(on) for life in lives):
        return None
    return _out_of_force(con, municipalities, lives, on)


def _out_of_force(
    con: duckdb.DuckDBPyConnection, municipalities: Municipalities, lives: list[Life], on: date
) -> str:
    """That a code was not in force on a day, when it was, and what was in its place."""
    nearest = min(lives, key=lambda life: abs(on - life.nearest_day(on)))
    name = municipalities.called(nearest.code, nearest.nearest_day(on))
    years = " and ".join(life.years for life in lives)
    then = [f"{place.code} {place.name}" for place in _lies_in(con, municipalities, nearest, on)]
    place = f"; its ground lies then in {listed(then)}" if then else ""
    return f"{name} is in force {years}, not on {on}{place}."


def _today(con: duckdb.DuckDBPyConnection) -> date:
    row = con.execute("select max(valid_on) from staging.klass_code").fetchone()
    today: date = row[0] if row else FIRST_DIVISION
    return today


def _lies_in(
    con: duckdb.DuckDBPyConnection, municipalities: Municipalities, life: Life, on: date
) -> tuple[Successor, ...]:
    """Where the ground of a municipality lay on another day, the largest share first."""
    seen = life.nearest_day(on)
    rows = con.execute(
        f"""
        select to_code, weight
        from core.crosswalk
        where from_code = {quote(life.code)}
            and from_date = (
                select max(valid_from) from core.division where valid_from <= date '{seen}'
            )
            and to_date = (
                select max(valid_from) from core.division where valid_from <= date '{on}'
            )
        order by weight desc nulls last, to_code
        """
    ).fetchall()
    names = {v.code: v for v in municipalities.versions if v.holds(on)}
    return tuple(
        Successor(code, names[code].name, names[code].county, share) for code, share in rows
    )
