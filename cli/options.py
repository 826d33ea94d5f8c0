"""Options that several commands have."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import HOME_VARIABLE, UPSTREAM_VARIABLE

HOME = Path("data")
Home = Annotated[
    Path, typer.Option("--home", envvar=HOME_VARIABLE, help="Folder of the warehouse and replies.")
]
UpstreamName = Annotated[
    str,
    typer.Option(
        "--upstream",
        envvar=UPSTREAM_VARIABLE,
        help="recorded (replies shipped with the package), live, or a server's address.",
    ),
]


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="Default: a table on a terminal, csv in a pipe."),
]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to a file.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The figures known on a day, at a time or vintage.")
]
