"""`sql`: a query, or a prompt."""

from typing import Annotated

import typer

from cli.connect import open_warehouse
from cli.options import HOME, AsOfOption, FormatOption, Home, OutputOption
from cli.output import write_query
from flows.settings import Settings

app = typer.Typer()


@app.command(epilog="""Example: digidistrikt sql "from mart.case_candidate limit 5" --format csv""")
def sql(
    query: Annotated[str | None, typer.Argument(help="SQL; without it a prompt opens.")] = None,
    home: Home = HOME,
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Ask the warehouse, read-only."""
    with open_warehouse(home, as_of) as con:
        if query is None:
            from cli.prompt import run_prompt

            run_prompt(con, Settings(home=home))
        else:
            write_query(con, query, output_format, output)
