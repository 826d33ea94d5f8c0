"""`catalog`: the indicators and traits there are."""

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer

from cli.options import HOME, FormatOption, Home, ReadFrom
from cli.output import is_table, write_rows
from cli.terminal import escape
from common import tables
from common.text import Language
from digidistrikt.catalog import TRAIT, entries
from digidistrikt.opening import open_warehouse
from digidistrikt.query import column_names

if TYPE_CHECKING:
    from reports.page.wording import Wording

CatalogLanguage = Annotated[
    Language | None,
    typer.Option(
        envvar="DIGIDISTRIKT_LANGUAGE", help="Titles in bokmål or English; both if left out."
    ),
]

app = typer.Typer()


@app.command(epilog="Example: digidistrikt catalog population")
def catalog(
    word: Annotated[str, typer.Argument(help="A word in either language, as folketall.")] = "",
    language: CatalogLanguage = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """List indicators and traits by theme, with unit, source, span and coverage."""
    with open_warehouse(home, warehouse=warehouse) as con:
        list_indicators(con, word, output_format, language)


def list_indicators(
    con: duckdb.DuckDBPyConnection,
    word: str,
    output_format: str | None = None,
    language: Language | None = None,
) -> None:
    """Writes the indicators and traits whose id, titles, theme or synonyms hold a word.

    A table has titles in one language, or in both; other formats have every column.

    Raises InputError if none do.
    """
    cursor = con.execute(entries(con, word))
    rows = cursor.fetchall()
    if is_table(output_format):
        _show_by_theme(rows, language)
    else:
        write_rows(column_names(cursor), rows, output_format)


def _show_by_theme(rows: list[tuple[Any, ...]], language: Language | None) -> None:
    """A table for each theme: each entry with its titles, unit, periods and coverage."""
    from rich.console import Console

    from publication.wording import words

    wording, console = words(language or Language.EN), Console()
    titles = {None: slice(2, 4), Language.EN: slice(2, 3), Language.NB: slice(3, 4)}[language]
    for theme, indicators in groupby(rows, key=itemgetter(0)):
        name = wording.of("theme", theme) if language else theme.replace("_", " ")
        console.print(f"\n[bold]{escape(name)}[/bold]")
        cells = [
            (row[1], "\n".join([*row[titles], _extent(wording, *row[4:8])])) for row in indicators
        ]
        tables.draw((wording("indicator").lower(), wording("catalog_heading")), cells, console)
    traits = sum(row[4] == TRAIT for row in rows)
    counts = [
        wording(f"catalog_{kind}", count=count)
        for kind, count in (("indicators", len(rows) - traits), ("traits", traits))
        if count
    ]
    console.print(f"\n[dim]{', '.join(counts)}[/dim]")


def _extent(
    wording: "Wording", unit: str, periods: str, municipalities: int, why_fewer: str | None
) -> str:
    """Unit, periods and coverage; why figures are missing is told as the warehouse has it."""
    first, _, last = periods.partition(" to ")
    span = wording("valid_between", start=first, end=last) if last else first
    found = (
        wording("catalog_extent", periods=span, count=municipalities)
        if periods
        else wording("catalog_no_figures")
    )
    why = f"; {why_fewer}" if why_fewer and wording.language is Language.EN else ""
    return f"{wording.of('unit', unit)}: {found}{why}"
