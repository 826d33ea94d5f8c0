"""`cite`: a finished reference to an indicator, a source table or a vintage."""

from typing import Annotated

import typer

from cli.options import HOME, AsLanguage, Home, ReadFrom
from common.text import Language
from digidistrikt.citation import Style, cited
from digidistrikt.opening import open_warehouse

app = typer.Typer()


@app.command(epilog="Example: digidistrikt cite nurses_fte --style bibtex")
def cite(
    what: Annotated[str, typer.Argument(help="An indicator, a source table or a vintage.")],
    style: Annotated[Style, typer.Option(help="APA 7, BibTeX or CSL-JSON.")] = Style.APA,
    language: AsLanguage = Language.EN,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Write a reference, with dates; for an indicator, one to each table it is made of."""
    with open_warehouse(home, warehouse=warehouse) as con:
        typer.echo(cited(con, what, style, language))
