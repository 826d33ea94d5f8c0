"""`ui`: the warehouse in a program for looking at tables, on a copy."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from cli.options import HOME, Home, ReadFrom
from common.errors import InputError
from flows.settings import WAREHOUSE, Settings

app = typer.Typer()
_NOT_THERE = (
    "neither harlequin nor DuckDB's own program is installed here. 'pip install harlequin' (or"
    " 'pipx inject --include-apps digidistrikt harlequin') gives a prompt with tables and columns"
    " beside it; the program 'duckdb' on the path gives its page in the browser."
)


@app.command(epilog="Example: digidistrikt ui")
def ui(home: Home = HOME, warehouse: ReadFrom = None) -> None:
    """Open a copy of the warehouse in harlequin or, where that is not there, DuckDB's own UI.

    The copy is gone afterwards; of a lake or a folder on the web it takes every table. DuckDB
    fetches its page from the internet.
    """
    place = Settings(home=home, read_from=warehouse).place
    with place.opened():
        """What can't be opened is told before a program is looked for, and a copy made."""
    command = _program()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / WAREHOUSE
        place.copy(copy)
        done = subprocess.run([*command, str(copy)], check=False)  # noqa: S603 - no shell, own words
    if done.returncode:
        raise typer.Exit(1)


def _program() -> list[str]:
    """The words that start what is installed. Raises InputError where nothing is."""
    if find_spec("harlequin"):
        return [sys.executable, "-m", "harlequin"]
    if found := shutil.which("duckdb"):
        return [found, "-ui"]
    raise InputError(_NOT_THERE)
