"""An indicator on the municipal division of any year, and of groups of municipalities."""

from datetime import date
from enum import StrEnum

import duckdb

from common.errors import InputError
from common.text import listed, nearest
from digidistrikt.query import Query
from warehouse import boundaries
from warehouse.models import quote


class GroupKind(StrEnum):
    """By what municipalities are grouped: the kinds of core.group_member."""

    COUNTRY = "country"
    COUNTY = "county"
    ECONOMIC_REGION = "economic_region"
    CENTRALITY_CLASS = "centrality_class"
    KOSTRA_GROUP = "kostra_group"
    DISTRICT = "district"
    NETWORK = "network"


def series_of(  # noqa: PLR0913 - each is one thing a person may say of a series
    con: duckdb.DuckDBPyConnection,
    indicator: str,
    division: int | None = None,
    *,
    municipality: str | None = None,
    by: GroupKind | None = None,
    members_on: str | None = None,
    whole_persons: bool = False,
) -> Query:
    """A query: one row a municipality and period, or with `by` a group and period.

    `division` is the year whose municipalities are used, this year's if it is None; `municipality`
    a code of that year, or a name; `members_on` the day of membership in networks, as 2024-06-01.
    An estimate of persons is a fraction; with `whole_persons` it is rounded, as people are shown.
    Raises InputError for an indicator there is none of and options that do not go together, and
    BoundaryError for a year or municipality that is none.
    """
    if by and municipality is not None:
        raise InputError("--by is of groups, --municipality of one municipality; leave one out.")
    if members_on and by != GroupKind.NETWORK:
        raise InputError("--members-on is the day of membership in networks; add --by network.")
    title, unit = _indicator(con, indicator)
    year = boundaries.this_year(con) if division is None else division
    boundaries.division_of(con, year)
    value = "if(unit = 'persons', round(value), value)" if whole_persons else "value"
    if by:
        _require_groups(con, by, year)
        text = _of_groups(indicator, by, year, value, _day(members_on))
        return Query(text, f"{title} ({unit}), by {by}, {year}")
    only = "true"
    if municipality is not None:
        code = boundaries.code_on(con, municipality, date(year, 1, 1))
        only = f"municipality_code = {quote(code)}"
    text = f"""
        select municipality_code, municipality_name, period, {value} as value, quality,
            reported_codes, warnings, missing_reason, status, unit, table_id, indicator_id,
            division_year
        from mart.series({quote(indicator)}, {year:d})
        where {only}
        order by municipality_code, period
    """
    return Query(text, f"{title} ({unit}), municipalities of {year}")


def _day(text: str | None) -> date | None:
    """Raises InputError for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"--members-on {text}: no such day; write it as 2024-06-01.") from None


def _require_groups(con: duckdb.DuckDBPyConnection, by: GroupKind, year: int) -> None:
    """Raises InputError where nobody knows who was in the groups."""
    known = con.execute(
        "select count(*) from core.group_member inner join core.division_year using (division)"
        f" where kind = {quote(by)} and year = {year:d}"
    ).fetchone()
    if known == (0,):
        raise InputError(
            f"groups by {by} are known of today's municipalities only; leave out --division {year}."
        )


def _of_groups(
    indicator: str, by: GroupKind, year: int, value: str, members_on: date | None
) -> str:
    day = f"date '{members_on}'" if members_on else "null"
    return f"""
        select group_code, group_name, period, {value} as value, municipalities_known,
            municipalities_in_group, quality, warnings, missing_reason, unit, indicator_id,
            division_year, members_on
        from mart.aggregate({quote(indicator)}, {quote(by)}, {year:d}, on_day := {day})
        order by group_code, period
    """


def _indicator(con: duckdb.DuckDBPyConnection, indicator: str) -> tuple[str, str]:
    known = con.execute("select indicator_id, title_en, unit from mart.indicator").fetchall()
    about = {row[0]: (row[1], row[2]) for row in known}
    if indicator not in about:
        near = nearest(indicator, about)
        hint = f"the nearest are {listed(near)}" if near else "none has a name near it"
        raise InputError(
            f"there is no indicator '{indicator}'; {hint}. 'digidistrikt catalog' lists them all."
        )
    return about[indicator]
