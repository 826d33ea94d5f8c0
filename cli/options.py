"""Options that several commands have."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from common.errors import InputError
from common.text import Language
from flows.settings import HOME_VARIABLE, UPSTREAM_VARIABLE, WAREHOUSE_VARIABLE, default_home

HOME: Any = default_home  # called when no home is said
Home = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar=HOME_VARIABLE,
        is_eager=True,  # known when an output is looked at
        help="Folder of the warehouse and replies.",
        show_default="data in a project, else the user's data folder",
    ),
]


def _unless_a_home_is_named(
    ctx: typer.Context, param: typer.CallbackParam, where: str | None
) -> str | None:
    """A `--home` on the command line goes before the setting of where to read."""
    [home, warehouse] = [str(ctx.get_parameter_source(name)) for name in ("home", param.name or "")]
    is_overruled = home.endswith("COMMANDLINE") and not warehouse.endswith("COMMANDLINE")
    return None if is_overruled else where


ReadFrom = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        callback=_unless_a_home_is_named,
        envvar=WAREHOUSE_VARIABLE,
        help="Where to read: a file, lake:SERVICE or https://FOLDER.",
        show_default="that of the home",
    ),
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
    XLSX = "xlsx"
    CSV_EXCEL = "csv-excel"
    JSON_STAT = "json-stat2"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="Default: a table on a terminal, csv in a pipe."),
]


def outside_home(
    ctx: typer.Context, param: typer.CallbackParam, output: Path | None
) -> Path | None:
    """Raises InputError for an output in the home, which holds the warehouse and its replies."""
    home = ctx.params["home"].resolve()
    if output and output.resolve().is_relative_to(home):
        raise InputError(
            f"--{param.name} {output} lies in the home of the warehouse, {home};"
            " write it elsewhere."
        )
    return output


OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", callback=outside_home, help="Write to a file."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The figures known on a day, at a time or vintage.")
]


AsLanguage = Annotated[
    Language,
    typer.Option("--language", envvar="DIGIDISTRIKT_LANGUAGE", help="Bokmål or English."),
]


class Group(TyperGroup):
    """Commands of one subject; the group itself answers when none of them is named.

    A word that is no command of the group goes to its command `show`, if it has one.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Finds the command; an option in front of it would be lost, and is refused.

        Raises BadParameter.
        """
        if "show" in self.commands and args[0] not in self.commands:
            args = ["show", *args]
        for name in ctx.params:
            if str(ctx.get_parameter_source(name)).endswith("COMMANDLINE"):
                raise typer.BadParameter(
                    f"options of '{ctx.info_name}' stand behind the command or name:"
                    f" digidistrikt {ctx.info_name} {' '.join(args)} ..."
                )
        return super().resolve_command(ctx, args)
