"""`catalog`: the indicators there are."""

from typing import Annotated

import duckdb
import typer

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home
from cli.output import column_names, write_rows
from common.errors import InputError

app = typer.Typer()


@app.command(epilog="Example: digidistrikt catalog population")
def catalog(
    word: Annotated[str, typer.Argument(help="Part of an id, title or theme.")] = "",
    home: Home = HOME,
    output_format: FormatOption = None,
) -> None:
    """The indicators there are, with unit, source, span and coverage."""
    with open_warehouse(home) as con:
        list_indicators(con, word, output_format)


def list_indicators(
    con: duckdb.DuckDBPyConnection, word: str, output_format: str | None = None
) -> None:
    """Writes the indicators whose id, titles or theme hold a word. Raises InputError if none do."""
    cursor = con.execute(
        """
        select
            concat_ws(' ', indicator_id, theme, title_nb, title_en) as searched,
            indicator_id, concat_ws(': ', title_en, recipe) as title, unit,
            concat_ws(' to ', first_period, nullif(last_period, first_period)) as periods,
            municipalities,
            array_to_string(warnings, ', ') as warnings,
            array_to_string(table_ids, ', ') as sources
        from mart.indicator
        order by theme, indicator_id
        """
    )
    rows = [row[1:] for row in cursor.fetchall() if word.lower() in row[0].lower()]
    if not rows:
        raise InputError(
            f"no indicator has '{word}' in its id, title or theme; leave the word out."
        )
    write_rows(column_names(cursor)[1:], rows, output_format)
