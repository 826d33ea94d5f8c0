"""`catalog`: the indicators and traits there are."""

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console

from cli.options import HOME, FormatOption, Home
from cli.output import is_table, write_rows
from cli.terminal import escape
from common import tables
from digidistrikt.catalog import TRAIT, entries
from digidistrikt.opening import open_warehouse
from digidistrikt.query import column_names

app = typer.Typer()


@app.command(epilog="Example: digidistrikt catalog population")
def catalog(
    word: Annotated[str, typer.Argument(help="A word in either language, as folketall.")] = "",
    home: Home = HOME,
    output_format: FormatOption = None,
) -> None:
    """List indicators and traits by theme, with unit, source, span and coverage."""
    with open_warehouse(home) as con:
        list_indicators(con, word, output_format)


def list_indicators(
    con: duckdb.DuckDBPyConnection, word: str, output_format: str | None = None
) -> None:
    """Writes the indicators and traits whose id, titles, theme or synonyms hold a word.

    Raises InputError if none do.
    """
    cursor = con.execute(entries(con, word))
    rows = cursor.fetchall()
    if is_table(output_format):
        _show_by_theme(rows)
    else:
        write_rows(column_names(cursor), rows, output_format)


def _show_by_theme(rows: list[tuple[Any, ...]]) -> None:
    """A table for each theme: each entry in both languages, its unit, periods and coverage."""
    console = Console()
    for theme, indicators in groupby(rows, key=itemgetter(0)):
        console.print(f"\n[bold]{escape(theme.replace('_', ' '))}[/bold]")
        cells = [
            (indicator, "\n".join([title, title_nb, _extent(*extent)]))
            for _, indicator, title, title_nb, *extent in (row[:8] for row in indicators)
        ]
        tables.draw(("indicator", "title, unit and periods"), cells, console)
    traits = sum(row[4] == TRAIT for row in rows)
    counts = [_counted(len(rows) - traits, "indicator"), _counted(traits, "trait")]
    console.print(f"\n[dim]{', '.join(filter(None, counts))}[/dim]")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def _extent(unit: str, periods: str, municipalities: int, why_fewer: str | None) -> str:
    found = f"{periods}, {municipalities} municipalities" if periods else "no figures here"
    return f"{unit}: {found}" + (f"; {why_fewer}" if why_fewer else "")
