"""`describe`: what one row of a table is, and what each column means."""

import re
from typing import Annotated

import duckdb
import typer
from rich.console import Console

from cli.options import HOME, FormatOption, Home, ReadFrom
from cli.output import is_table, write_rows
from cli.terminal import escape
from common import tables
from common.errors import InputError
from digidistrikt.opening import open_warehouse
from warehouse.reading import TABLES

app = typer.Typer()


@app.command(epilog="Example: digidistrikt describe observation")
def describe(
    table: Annotated[
        str | None, typer.Argument(help="A table or macro of mart; without it, the list of them.")
    ] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """Describe a table and its columns; without a name, list the tables and macros."""
    with open_warehouse(home, warehouse=warehouse) as con:
        if table is None:
            list_tables(con, output_format)
        else:
            describe_table(con, table, output_format)


def list_tables(con: duckdb.DuckDBPyConnection, output_format: str | None = None) -> None:
    """Writes each table and macro of mart, with what one row is and a query to begin with."""
    found = con.execute(
        f"""
        with tables as ({TABLES})

        from (
            select table_name as name, null as arguments, comment
            from tables where schema_name = 'mart'
            union all
            select function_name, array_to_string(parameters, ', '), comment
            from duckdb_functions() where schema_name = 'mart' and function_type = 'table_macro'
        )
        order by arguments is not null, name
        """
    ).fetchall()
    if is_table(output_format):
        _list_for_a_person(found)
        return
    rows = [(n, a, _first_sentence(c), _example(n, c)) for n, a, c in found]
    write_rows(("table", "arguments", "one_row", "example"), rows, output_format)


def _list_for_a_person(found: list[tuple[str, str | None, str]]) -> None:
    """The tables, and below them the macros with their arguments and an example each."""
    console = Console()
    rows = [(name, _first_sentence(about)) for name, args, about in found if args is None]
    tables.draw(("table of mart", "one row"), rows, console)
    console.print('[dim]For example: digidistrikt sql "from mart.network limit 5"[/dim]\n')
    rows = [
        (f"{name}({args})", f"{_first_sentence(about)}\n{_example(name, about)}")
        for name, args, about in found
        if args is not None
    ]
    tables.draw(("macro, read like a table", "one row, and an example"), rows, console)


def _first_sentence(comment: str) -> str:
    """What one row is, without what is said of it further on or in brackets."""
    text = re.sub(r" \([^)]*\)", "", " ".join(comment.split()))
    return re.split(r"\. |; |: |, as in ", text)[0].rstrip(".")


def _example(name: str, comment: str) -> str:
    """A query on a table, or on a macro with the arguments that its comment shows."""
    shown = re.search(rf"\b{name}\([^)]*\)", comment)
    return f"from mart.{shown.group() if shown else f'{name} limit 5'}"


def describe_table(con: duckdb.DuckDBPyConnection, name: str, output_format: str | None) -> None:
    """What one row is, and each column, of a table or of a macro that is read like one.

    Raises InputError naming the tables there are.
    """
    schema, _, bare = name.rpartition(".")
    key = (schema or "mart", bare)
    tables = con.execute(TABLES).fetchall()
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
        " from duckdb_columns() where database_name = current_database() order by column_index"
    ).fetchall()
    return [(row[2], row[3], row[4]) for row in found if row[:2] == key]


def _macro_columns(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str], parameters: int
) -> list[tuple[str, str, str | None]]:
    """DuckDB keeps no comments on the columns of a macro: its own comment says what they are."""
    nothing = ", ".join(["null"] * parameters)
    found = con.execute(f"describe from {'.'.join(key)}({nothing})").fetchall()
    return [(row[0], row[1], None) for row in found]
