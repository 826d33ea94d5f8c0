"""`series`: an indicator on the municipal division of any year."""

from datetime import date
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


@app.command(epilog="Example: digidistrikt series population --division 2019 --municipality Haram")
def series(
    indicator: Annotated[str, typer.Argument(help="An indicator; catalog lists them.")],
    division: Annotated[
        int | None, typer.Option(help="The year whose municipalities to use; default this year.")
    ] = None,
    municipality: Annotated[
        str | None, typer.Option(help="Only this one: a code of that year, or a name.")
    ] = None,
    home: Home = HOME,
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show an indicator on the municipal division of any year since 1964, with its quality."""
    with open_warehouse(home) as con:
        title, unit = _indicator(con, indicator)
        year = boundaries.this_year(con) if division is None else division
        boundaries.division_of(con, year)
        only = "true"
        if municipality is not None:
            code = boundaries.code_on(con, municipality, date(year, 1, 1))
            only = f"municipality_code = {quote(code)}"
        # an estimate of persons is shown to people in whole ones; a program gets it as it is
        value = "if(unit = 'persons', round(value), value)" if is_table(output_format) else "value"
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
