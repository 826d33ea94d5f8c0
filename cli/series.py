"""`series`: an indicator on the municipal division of any year, and of groups of municipalities."""

from typing import Annotated

import typer

from cli.options import HOME, Format, FormatOption, Home, OutputOption, ReadFrom
from cli.output import is_table, write_query, write_text
from digidistrikt.opening import open_warehouse
from digidistrikt.series import GroupKind, series_of

app = typer.Typer()


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
        GroupKind | None,
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
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show an indicator on the municipal division of any year since 1964, with its quality."""
    with open_warehouse(home, warehouse=warehouse) as con:
        asked = series_of(
            con,
            indicator,
            division,
            municipality=municipality,
            by=by,
            members_on=members_on,
            whole_persons=output_format != Format.JSON_STAT
            and is_table(output_format),  # a program gets an estimate as it is
        )
        if output_format == Format.JSON_STAT:
            from digidistrikt import jsonstat

            write_text(jsonstat.written(con, indicator, asked), output)
        else:
            write_query(con, asked.text, output_format, output, asked.heading)
