"""`describe`: what one row of a table is, and what each column means."""

from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.markup import escape

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home
from cli.output import is_table, write_rows
from common.errors import InputError

app = typer.Typer()


@app.command(epilog="Example: digidistrikt describe observation")
def describe(
    table: Annotated[str, typer.Argument(help="A table; mart is understood.")],
    home: Home = HOME,
    output_format: FormatOption = None,
) -> None:
    """What one row of a table is, and what each column means."""
    with open_warehouse(home) as con:
        describe_table(con, table, output_format)


def describe_table(con: duckdb.DuckDBPyConnection, name: str, output_format: str | None) -> None:
    """What one row is, and each column, of a table or of a macro that is read like one.

    Raises InputError naming the tables there are.
    """
    schema, _, bare = name.rpartition(".")
    key = (schema or "mart", bare)
    tables = con.execute("select schema_name, table_name, comment from duckdb_tables()").fetchall()
    macros = con.execute(
        "select schema_name, function_name, comment, parameters from duckdb_functions()"
        " where function_type = 'table_macro' and comment is not null"
    ).fetchall()
    about = {(within, named): comment or "" for within, named, comment, *_ in [*tables, *macros]}
    parameters = {(within, named): given for within, named, _, given in macros}
    if key not in about:
        listed = ", ".join(sorted(name for within, name in about if within == "mart"))
        raise InputError(f"there is no table {'.'.join(key)}; in mart there are {listed}.")
    if is_table(output_format):
        asked = f"({', '.join(parameters[key])})" if key in parameters else ""
        one_row = escape(" ".join(about[key].split()))
        Console().print(f"[bold]{'.'.join(key)}{asked}[/bold]: one row: {one_row}")
    found = _macro_columns(con, key, len(parameters[key])) if key in parameters else None
    write_rows(
        ("column_name", "data_type", "meaning"), found or _table_columns(con, key), output_format
    )


def _table_columns(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str]
) -> list[tuple[str, str, str | None]]:
    found = con.execute(
        "select schema_name, table_name, column_name, data_type, comment"
        " from duckdb_columns() order by column_index"
    ).fetchall()
    return [(row[2], row[3], row[4]) for row in found if row[:2] == key]


def _macro_columns(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str], parameters: int
) -> list[tuple[str, str, str | None]]:
    """DuckDB keeps no comments on the columns of a macro: its own comment says what they are."""
    nothing = ", ".join(["null"] * parameters)
    found = con.execute(f"describe from {'.'.join(key)}({nothing})").fetchall()
    return [(row[0], row[1], None) for row in found]
