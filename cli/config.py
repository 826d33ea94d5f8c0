"""`config`: the settings that hold, and where each comes from."""

import typer

from cli.options import FormatOption
from cli.output import write_rows
from flows import configuration

app = typer.Typer()


@app.command(epilog="Example: digidistrikt config")
def config(ctx: typer.Context, output_format: FormatOption = None) -> None:
    """Show each setting and where it comes from: the environment, digidistrikt.toml or default.

    A key of digidistrikt.toml, in the folder from which commands are run, is overruled by its
    variable of the environment, and that by an option.
    """
    found = configuration.in_force(ctx.meta["from_file"])
    write_rows(["setting", "value", "from", "meaning"], [list(row) for row in found], output_format)
