"""`catalog`: the indicators and traits there are."""

from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home
from cli.output import column_names, is_table, write_rows
from cli.terminal import escape
from common import tables
from common.errors import InputError
from warehouse.models import quote

app = typer.Typer()

_TRAIT = "in words"
"""In place of a unit."""


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
    cursor = con.execute(
        # a parameter would have DuckDB import pandas
        f"""
        select
            concat_ws(' ', indicator_id, theme, title_nb, title_en, synonyms) as searched,
            theme, indicator_id, concat_ws(': ', title_en, recipe) as title, title_nb, unit,
            concat_ws(' to ', first_period, nullif(last_period, first_period)) as periods,
            municipalities,
            array_to_string(warnings, ', ') as warnings,
            array_to_string(table_ids, ', ') as sources
        from mart.indicator
        union all
        select
            concat_ws(' ', 'trait', trait_id, theme, title_nb, title_en, synonyms),
            theme, trait_id, title_en, title_nb, {quote(_TRAIT)}, valid_on, municipalities, '',
            table_id
        from mart.trait
        order by theme, indicator_id
        """
    )
    rows = [row[1:] for row in cursor.fetchall() if word.lower() in row[0].lower()]
    if not rows:
        raise InputError(
            f"no indicator or trait has '{word}' in its id, titles, theme or synonyms; leave the"
            " word out."
        )
    if is_table(output_format):
        _show_by_theme(rows)
    else:
        write_rows(column_names(cursor)[1:], rows, output_format)


def _show_by_theme(rows: list[tuple[Any, ...]]) -> None:
    """A table for each theme: each entry in both languages, its unit, periods and coverage."""
    console = Console()
    for theme, indicators in groupby(rows, key=itemgetter(0)):
        console.print(f"\n[bold]{escape(theme.replace('_', ' '))}[/bold]")
        cells = [
            (indicator, "\n".join([title, title_nb, _extent(unit, periods, municipalities)]))
            for _, indicator, title, title_nb, unit, periods, municipalities, *_ in indicators
        ]
        tables.draw(("indicator", "title, unit and periods"), cells, console)
    traits = sum(row[4] == _TRAIT for row in rows)
    told = [_counted(len(rows) - traits, "indicator"), _counted(traits, "trait")]
    console.print(f"\n[dim]{', '.join(filter(None, told))}[/dim]")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def _extent(unit: str, periods: str, municipalities: int) -> str:
    found = f"{periods}, {municipalities} municipalities" if periods else "no figures here"
    return f"{unit}: {found}"
