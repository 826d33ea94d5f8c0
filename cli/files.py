"""`add`: a researcher's own file, read as its options say."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import HOME, Home
from flows.settings import Settings

app = typer.Typer()


@app.command(epilog="Example: digidistrikt add survey.xlsx --as digital_maturity --period 2025")
def add(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a file
    file: Annotated[
        list[Path],
        typer.Argument(help="CSV, Excel or Parquet; several files or a folder are one series."),
    ],
    wanted: Annotated[str, typer.Option("--as", help="Id of the indicator it gives.")],
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
        typer.Option(help="Pattern with (?P<name>...); rows that don't match are left out."),
    ] = None,
    county: Annotated[str | None, typer.Option(help="The column of counties of names.")] = None,
    names_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day the names were in use.")
    ] = None,
    division: Annotated[
        str | None, typer.Option(help="Year of the division of the codes, or own.")
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
) -> None:
    """Add your own file: shows what was understood, and loads it if you say so."""
    from cli.add import add as add_files
    from cli.add import files_of
    from common.errors import InputError
    from sources.catalogue.entry import Title
    from sources.infer import Hints

    if decimal not in (None, ",", "."):
        raise InputError(f"--decimal is , or . and not '{decimal}'.")
    if division is not None and division != "own" and not division.isdecimal():
        raise InputError(f"--division is a year or 'own', not '{division}'.")
    said = title or title_nb
    hints = Hints(
        id=wanted,
        title=Title(nb=title_nb or said, en=title or said) if said else None,
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
