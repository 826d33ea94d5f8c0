"""`series`: an indicator on the municipal division of any year, and of groups of municipalities."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import duckdb
import typer

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home, OutputOption
from cli.output import is_table, write_query
from common.errors import InputError
from common.text import listed, nearest
from warehouse import boundaries
from warehouse.models import quote

app = typer.Typer()


class Kind(StrEnum):
    """By what municipalities are grouped: the kinds of core.group_member."""

    COUNTRY = "country"
    COUNTY = "county"
    ECONOMIC_REGION = "economic_region"
    CENTRALITY_CLASS = "centrality_class"
    KOSTRA_GROUP = "kostra_group"
    DISTRICT = "district"
    NETWORK = "network"


@app.command(
    epilog="Examples: digidistrikt series population --division 2019 --municipality Haram\n\n"
    "digidistrikt series population --by county"
)
def series(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a series
    indicator: Annotated[str, typer.Argument(help="An indicator; catalog lists them.")],
    division: Annotated[
        int | None, typer.Option(help="The year whose municipalities to use; default this year.")
    ] = None,
    municipality: Annotated[
        str | None, typer.Option(help="Only this one: a code of that year, or a name.")
    ] = None,
    by: Annotated[
        Kind | None,
        typer.Option(
            "--by",
            help="Sums of groups: counts summed, ratios made of the sums, means weighted.",
        ),
    ] = None,
    members_on: Annotated[
        str | None,
        typer.Option(help="With --by network: the day of membership; default the warehouse's."),
    ] = None,
    home: Home = HOME,
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show an indicator on the municipal division of any year since 1964, with its quality."""
    if by and municipality is not None:
        raise InputError("--by is of groups, --municipality of one municipality; leave one out.")
    if members_on and by != Kind.NETWORK:
        raise InputError("--members-on is the day of membership in networks; add --by network.")
    with open_warehouse(home) as con:
        title, unit = _indicator(con, indicator)
        year = boundaries.this_year(con) if division is None else division
        boundaries.division_of(con, year)
        # an estimate of persons is shown to people in whole ones; a program gets it as it is
        value = "if(unit = 'persons', round(value), value)" if is_table(output_format) else "value"
        if by:
            _require_groups(con, by, year)
            text = _of_groups(indicator, by, year, value, _day(members_on))
            write_query(con, text, output_format, output, f"{title} ({unit}), by {by}, {year}")
            return
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
        heading = f"{title} ({unit}), municipalities of {year}"
        write_query(con, text, output_format, output, heading)


def _day(text: str | None) -> date | None:
    """Raises InputError for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"--members-on {text}: no such day; write it as 2024-06-01.") from None


def _require_groups(con: duckdb.DuckDBPyConnection, by: Kind, year: int) -> None:
    """Raises InputError where nobody knows who was in the groups."""
    known = con.execute(
        "select count(*) from core.group_member inner join core.division_year using (division)"
        f" where kind = {quote(by)} and year = {year:d}"
    ).fetchone()
    if known == (0,):
        raise InputError(
            f"groups by {by} are known of today's municipalities only; leave out --division {year}."
        )


def _of_groups(indicator: str, by: Kind, year: int, value: str, members_on: date | None) -> str:
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
