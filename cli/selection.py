"""`select`, `report` and `reproduce`: rules of case selection, and the report of a choice."""

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from cli.options import HOME, AsLanguage, Home, OutputOption, ReadFrom, outside_home
from common.text import Language
from flows.settings import Settings

app = typer.Typer()
select_app = typer.Typer(
    no_args_is_help=True,
    help="Rules of case selection. Example: digidistrikt select check my-rule.yaml",
)
app.add_typer(select_app, name="select")
SelectionFile = Annotated[Path, typer.Argument(help="A selection file (YAML).")]


def _reports() -> ModuleType:
    """What the commands below do. Raises InputError without its libraries."""
    import reports

    with reports.libraries():
        from cli import report as report_commands
    return report_commands


@select_app.command("check", epilog="Example: digidistrikt select check my-rule.yaml")
def select_check(
    file: SelectionFile,
    language: AsLanguage = Language.NB,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Say in plain words what a rule will do, or what is wrong with it. Exit code 5 if anything."""
    _reports().check_selection(file, language, Settings(home=home, read_from=warehouse))


@select_app.command("init", epilog="Example: digidistrikt select init diverse -o my-rule.yaml")
def select_init(
    method: Annotated[str, typer.Argument(help="A method, as in docs/rules.md.")],
    home: Home = HOME,
    output: OutputOption = None,
) -> None:
    """Write a commented rule for a method, which makes a report as it is."""
    _reports().start_selection(method, output)


@select_app.command("freeze", epilog="Example: digidistrikt select freeze my-rule.yaml")
def select_freeze(file: SelectionFile, home: Home = HOME, warehouse: ReadFrom = None) -> None:
    """Keep the rule as it is today, before the outcome is looked at."""
    _reports().freeze_selection(file, Settings(home=home, read_from=warehouse))


@app.command(epilog="Example: digidistrikt report selections/three-networks.yaml --out my-report")
def report(
    file: SelectionFile,
    out: Annotated[Path, typer.Option(callback=outside_home, help="The folder to write to.")],
    language: AsLanguage = Language.NB,
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Choose cases by a rule, and write the report: a page, tables, data and figures."""
    commands, settings = _reports(), Settings(home=home, read_from=warehouse)
    commands.tell(commands.write_report(file, out, language, settings))


@app.command(epilog="Example: digidistrikt reproduce my-report")
def reproduce(
    folder: Annotated[Path, typer.Argument(metavar="REPORT", help="The folder of a report.")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Make a report again from its vintage and rule, and compare. Exit code 5 if it differs."""
    _reports().reproduce(folder, Settings(home=home, read_from=warehouse))
