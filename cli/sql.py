"""`sql`: a query from the command line, a file or standard input; without one, a prompt."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from cli.options import HOME, AsOfOption, FormatOption, Home, OutputOption, ReadFrom
from cli.output import write_query
from common.errors import InputError
from common.fileio import read_bytes
from digidistrikt.opening import open_warehouse
from flows.settings import Settings

app = typer.Typer()
_COMMENT = re.compile(r"--[^\s=]*\s")  # `--output=a b` is an option, `-- first line` is none


class SqlCommand(TyperCommand):
    """A command whose argument may begin with a comment of SQL."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A word that begins as a comment does is a query: after a space it is no option."""
        return super().parse_args(ctx, [f" {w}" if _COMMENT.match(w) else w for w in args])


@app.command(
    cls=SqlCommand,
    epilog="""Example: digidistrikt sql "from mart.case_candidate limit 5" --format csv""",
)
def sql(  # noqa: PLR0913, PLR0917 - each is one thing a person may say of a query
    query: Annotated[
        str | None, typer.Argument(help="SQL; without it standard input, or a prompt.")
    ] = None,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    file: Annotated[Path | None, typer.Option(help="Read the query from a file.")] = None,
    output_format: FormatOption = None,
    output: OutputOption = None,
    as_of: AsOfOption = None,
    memory: Annotated[
        str | None, typer.Option(help="Most memory, as 2GB; default a quarter of the machine's.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, help="Most seconds for a query; the prompt has no limit.")
    ] = 600,
) -> None:
    """Ask the warehouse, read-only: one query, or a prompt at a terminal."""
    text = _text(query, file)
    with open_warehouse(home, as_of, memory, warehouse) as con:
        if text is None:
            from cli.prompt import run_prompt

            run_prompt(con, Settings(home=home))
        else:
            write_query(con, text, output_format, output, timeout=timeout)


def _text(query: str | None, file: Path | None) -> str | None:
    """The query, from wherever it is given; None at a terminal without one.

    Raises InputError for two queries, and for a file that is not text.
    """
    if query is not None and file is not None:
        raise InputError("write the query or name a --file, not both.")
    if query is not None:
        return query
    try:
        if file is not None:
            return read_bytes(file).decode("utf-8-sig")
        return None if sys.stdin.isatty() else sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file or 'standard input'}: this is not text in UTF-8 ({error.reason} at byte"
            f" {error.start}); save the query as UTF-8."
        ) from error
