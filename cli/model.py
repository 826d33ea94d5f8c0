"""`model`: one table built anew from its file, on a copy of the warehouse."""

from typing import Annotated

import typer
from rich.console import Console

from cli.describe import describe_table
from cli.options import HOME, Format, Home, ReadFrom
from cli.output import write_query
from flows.settings import Settings
from warehouse import preview

app = typer.Typer()


@app.command(epilog="Example: digidistrikt model mart.network_profile")
def model(
    table: Annotated[str, typer.Argument(help="A table, or the file of a model.")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Build one model on a copy of the warehouse and show its key, columns and first rows."""
    place = Settings(home=home, read_from=warehouse).place
    with preview.previewed(place, table) as (con, made):
        describe_table(con, made.table, Format.TABLE)
        Console().print(f"[bold]key[/bold]: {', '.join(made.key)}")
        write_query(con, f"from {made.table} limit 5", Format.TABLE)
