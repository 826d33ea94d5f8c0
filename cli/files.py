"""`add`: a researcher's own file, or a table of StatBank, read as its options say."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import HOME, Home
from flows.settings import UPSTREAM_VARIABLE, Settings

app = typer.Typer()


_OF_TABLE = "A StatBank table"


@app.command(
    epilog="Example: digidistrikt add survey.xlsx --as digital_maturity --period 2025"
    "\n\nExample: digidistrikt add --table 12362 --contents KOSbelop0000"
    " --select KOKfunksjon0000=FGK1b --select KOKart0000=AGD10"
)
def add(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a file or a table
    file: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV, Excel or Parquet; several files or a folder are one series."),
    ] = None,
    wanted: Annotated[
        str | None, typer.Option("--as", help="Id of the indicator it gives.")
    ] = None,
    home: Home = HOME,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Load without asking.")] = False,
    period: Annotated[str | None, typer.Option(help="A column, or one period for all.")] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="A column of figures, or COLUMN=ID; repeatable.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="The column of municipality codes.")] = None,
    name: Annotated[str | None, typer.Option(help="The column of municipality names.")] = None,
    name_pattern: Annotated[
        str | None,
        typer.Option(help="Pattern with `(?P<name>...)`; rows that don't match are left out."),
    ] = None,
    county: Annotated[str | None, typer.Option(help="The column of counties of names.")] = None,
    names_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day the names were in use.")
    ] = None,
    division: Annotated[
        str | None,
        typer.Option(help="Year of the division of the codes, or own; of a table own or current."),
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="A sign for a missing figure; repeatable.")
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal sign: , or .")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; else the first.")] = None,
    skip_rows: Annotated[int | None, typer.Option(help="Rows above the header.")] = None,
    footer: Annotated[int, typer.Option(min=0, help="Rows left out at the end.")] = 0,
    no_header: Annotated[bool, typer.Option("--no-header", help="Columns are c1, c2, ...")] = False,
    newer: Annotated[
        bool, typer.Option("--replace", help="A newer edition of the file added under this id.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="Title in English.")] = None,
    title_nb: Annotated[str | None, typer.Option(help="Title in bokmål.")] = None,
    unit: Annotated[str, typer.Option(help="Unit of the figures.")] = "not stated",
    summed: Annotated[
        bool, typer.Option("--summed", help="Counts: add them over merged municipalities.")
    ] = False,
    publisher: Annotated[str, typer.Option(help="Who made the figures.")] = "not stated",
    citation: Annotated[str | None, typer.Option(help="How they are cited.")] = None,
    url: Annotated[str, typer.Option(help="Where they were published.")] = "not stated",
    licence: Annotated[str, typer.Option(help="Their licence.")] = "unconfirmed",
    table: Annotated[
        str | None,
        typer.Option(help="StatBank's number of a table.", rich_help_panel=_OF_TABLE),
    ] = None,
    upstream: Annotated[
        str,
        typer.Option(
            envvar=UPSTREAM_VARIABLE,
            help="live, or a server's address.",
            rich_help_panel=_OF_TABLE,
        ),
    ] = "live",
    contents: Annotated[
        list[str] | None,
        typer.Option(help="Only these contents, by code; repeatable.", rich_help_panel=_OF_TABLE),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            help="DIMENSION=CODE; repeatable. A pattern or range(a,b) is added up.",
            rich_help_panel=_OF_TABLE,
        ),
    ] = None,
    aggregate: Annotated[
        list[str] | None,
        typer.Option(
            help="CODE=sum or CODE=none, or one for all contents: whether figures add up.",
            rich_help_panel=_OF_TABLE,
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="The dimension of municipalities.", rich_help_panel=_OF_TABLE),
    ] = None,
    periods: Annotated[
        list[str] | None,
        typer.Option(help="Which periods, as from(2015); repeatable.", rich_help_panel=_OF_TABLE),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--cube", help="The whole table, as a cube.", rich_help_panel=_OF_TABLE),
    ] = False,
    context: Annotated[
        bool,
        typer.Option(
            "--context",
            help="A table that is not about municipalities.",
            rich_help_panel=_OF_TABLE,
        ),
    ] = False,
    edit: Annotated[
        bool,
        typer.Option("--edit", help="Mend the entry in an editor.", rich_help_panel=_OF_TABLE),
    ] = False,
) -> None:
    """Add your own file, or a StatBank table: shows what was understood and loads it if you say so.

    The file is read as its columns and your options say. Of a table everything is proposed from its
    metadata, with reasons; docs/tables-by-number.md tells how.
    """
    from cli.progress import announce_home
    from common.errors import InputError
    from sources.catalogue.entry import Title

    announce_home(Settings(home=home))
    given_title = title or title_nb
    titled = Title(nb=title_nb or given_title, en=title or given_title) if given_title else None
    if table:
        if file:
            raise InputError("name a file or --table, not both.")
        from cli.add_table import add_table, by_dimension, pairs
        from sources.statbank.proposal import Wishes

        if division not in (None, "own", "current"):
            raise InputError(f"--division of a table is own or current, not '{division}'.")
        wishes = Wishes(
            number=table,
            id=wanted,
            contents=tuple(contents or ()),
            select=by_dimension(select or ()),
            aggregate=pairs([*(aggregate or ()), *(["sum"] if summed else [])], "aggregate"),
            region=region,
            division="own" if division == "own" else "current" if division else None,
            periods=tuple(periods or ()),
            title=titled,
            unit=None if unit == "not stated" else unit,
            whole=whole,
            context=context,
        )
        settings = Settings(home=home, upstream=upstream)
        if not add_table(wishes, settings, yes=yes, newer=newer, in_editor=edit):
            raise typer.Exit(1)
        return
    if not file or wanted is None:
        raise InputError(
            "name a file and, with --as, the id of its indicator; or --table and a number."
        )
    from cli.add import add as add_files
    from cli.add import files_of
    from sources.infer import Hints

    if decimal not in (None, ",", "."):
        raise InputError(f"--decimal is , or . and not '{decimal}'.")
    if division is not None and division != "own" and not division.isdecimal():
        raise InputError(f"--division is a year or 'own', not '{division}'.")
    hints = Hints(
        id=wanted,
        title=titled,
        unit=unit,
        aggregate="sum" if summed else "none",
        publisher=publisher,
        licence=licence,
        citation=citation,
        url=url,
        sheet=sheet,
        skip_rows=skip_rows,
        footer_rows=footer,
        has_header=False if no_header else None,
        code=code,
        name=name,
        name_pattern=name_pattern,
        county=county,
        period=period,
        values=tuple(value or ()),
        missing=tuple(missing or ()),
        decimal="," if decimal == "," else "." if decimal else None,
        names_on=names_on.date() if names_on else None,
        division="own" if division == "own" else int(division) if division else None,
    )
    if not add_files(files_of(file), hints, Settings(home=home), yes=yes, newer=newer):
        raise typer.Exit(1)
