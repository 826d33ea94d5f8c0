"""The command line: one module a group of commands, put together here.

What answers at once (sql, status, catalog, describe ...) imports no Prefect and no pandas: a
command that needs more imports it when it is called. Of the modules only that of the command asked
for is imported; for help, all.
"""

import gc
import io
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cli.__main__ import importing
from cli.running import Terminated, leave
from common.errors import EXIT_CODES, INTERRUPTED, DigidistriktError, InputError
from common.text import printable
from flows import configuration, log

_INTERRUPTED_IN_DUCKDB = "Query interrupted"  # what it makes of Ctrl-C

# The commands of each module, in the order of help.
_COMMANDS = {
    "refresh": ("refresh", "record"),
    "vintages": ("diff", "rebuild"),
    "doctor": ("doctor",),
    "notify": ("notify",),
    "config": ("config",),
    "status": ("status",),
    "sql": ("sql",),
    "catalog": ("catalog",),
    "describe": ("describe",),
    "model": ("model",),
    "series": ("series",),
    "municipality": ("municipality",),
    "cite": ("cite",),
    "export": ("export",),
    "init": ("init",),
    "ui": ("ui",),
    "files": ("add",),
    "statbank": ("search", "table"),
    "selection": ("report", "reproduce", "select"),
    "publish": ("publish", "site"),
}
_GROUPS = ("crosswalk", "networks", "contracts", "lake")  # each a module of its own commands
_MODULES = {command: module for module, commands in _COMMANDS.items() for command in commands}
_MODULES |= {group: group for group in _GROUPS}


@cache
def _command(name: str) -> Any:
    with importing():
        app_of_module = import_module(f"cli.{_MODULES[name]}").app
    parent = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False)
    parent.add_typer(app_of_module, name=name if name in _GROUPS else None)
    return typer.main.get_group(parent).commands[name]


class _OnDemand(Mapping[str, Any]):
    """The commands by name; the module of one is imported when it is looked up."""

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)

    def __getitem__(self, name: str) -> Any:
        return _command(name)


class Commands(TyperGroup):
    """The commands, each of which ends in a result or in one sentence and an exit code."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.commands: Any = _OnDemand()

    def list_commands(self, _ctx: Any) -> list[str]:
        """Their names in the order of help, without importing them."""
        return [*self.commands]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads digidistrikt.toml; notes whether the log is JSON, and so an error a line of it."""
        ctx.meta["log_is_json"] = "--json-log" in args
        try:
            ctx.meta["from_file"] = configuration.apply()
        except InputError as error:
            _end(ctx, str(error), error.exit_code)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs a command; a known fault is a sentence, any other is a traceback."""
        try:
            return super().invoke(ctx)
        except Terminated as end:
            sentence, code = "terminated.", end.exit_code
        except (KeyboardInterrupt, typer.Abort):
            sentence, code = "interrupted.", INTERRUPTED
        except RuntimeError as error:
            if str(error) != _INTERRUPTED_IN_DUCKDB:
                raise
            sentence, code = "interrupted.", INTERRUPTED
        except BrokenPipeError:
            raise  # whoever read the output has seen enough; Typer ends without a word
        except DigidistriktError as error:
            sentence, code = str(error), error.exit_code
        except OSError as error:
            about = f"{error.filename}: " if error.filename else ""
            sentence, code = f"{about}{error.strerror or error}.", 1
        except sqlite3.Error as error:
            sentence = (
                f"budget.sqlite, in the home folder, can't be kept ({error}). Make room on the"
                " disk, or remove that file: it has only the requests of the last minute."
            )
            code = 1
        return _end(ctx, sentence, code)


def _end(ctx: Any, sentence: str, code: int) -> NoReturn:
    """Ends with one sentence on standard error."""
    written = f"digidistrikt: {printable(sentence)}"
    if ctx.meta["log_is_json"]:
        written = log.line("ERROR", sentence, exit_code=code)
    typer.echo(written, err=True)
    leave(code)
    raise typer.Exit(code)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed_version

        typer.echo(f"digidistrikt {installed_version('digidistrikt')}")
        raise typer.Exit


@app.callback(help=f"Open statistics on Norwegian municipalities, joined to networks. {EXIT_CODES}")
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Options of no command."""


def main() -> None:
    """Runs the command line; a letter that an output has no code for is written as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(100_000, 50, 100)  # rows of files are many and in no cycle: half of the time
    app()


if __name__ == "__main__":
    main()
