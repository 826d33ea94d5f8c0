"""`doctor`: whether each upstream service still answers as expected."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.options import HOME, Home, UpstreamName
from cli.progress import announce
from cli.terminal import escape
from common.errors import UpstreamError
from flows.settings import Settings

if TYPE_CHECKING:
    from sources.catalogue import Catalogue
    from sources.http import Upstream

app = typer.Typer()


@app.command(epilog="Example: digidistrikt doctor --live")
def doctor(
    upstream: UpstreamName = "recorded",
    live: Annotated[bool, typer.Option("--live", help="The same as --upstream live.")] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Only send a trial message, as a failed refresh would.")
    ] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Put the nearest in place of what is not there, once shown."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --fix, without asking.")] = False,
    home: Home = HOME,
) -> None:
    """Check every upstream service with one cheap request and report what is not as expected.

    Takes about a minute, fetches no figures. Tells each entry of the catalogue whose dimension,
    code, unit or code list StatBank has not, with the nearest there is as a patch. Changes nothing
    without --fix. Exit code 4 if anything differs.
    """
    from sources import catalogue
    from sources import doctor as examination
    from sources.contracts import Contracts
    from sources.http import Upstream

    settings = Settings(home=home, upstream="live" if live else upstream)
    if notify:
        _send_trial(settings)
        return
    announce(settings)
    entries = catalogue.load(catalogue.FOLDER, settings.catalogue)
    limits = replace(examination.LIMITS, requests=settings.calls_a_minute)
    _show_accepted(settings)
    differ = 0
    with Upstream(settings.upstream, budget=settings.budget, limits=limits) as session:
        for found in examination.examine(entries, session, Contracts(settings.contracts)):
            mark = "[green]as expected[/green]" if found.expected else "[red]differs[/red]"
            line = f"{mark} [bold]{found.subject}[/bold]: {escape(found.message)}"
            Console().print(line, soft_wrap=True)
            differ += not found.expected
        differ += _show_mismatches(entries, session, settings, fix=fix, yes=yes)
        answers = "answer" if differ == 1 else "answers"
        typer.echo(f"{session.requests} requests; {differ} {answers} not as expected.")
    if differ:
        raise typer.Exit(UpstreamError.exit_code)


def _show_accepted(settings: Settings) -> None:
    """Prints the figures of population that stand on a person's word."""
    from sources import accepted_population

    for figure in accepted_population.read(settings.accepted_population):
        line = f"{figure.text}, by {figure.accepted_by} on {figure.accepted_on}: {figure.why}"
        Console().print(f"[bold]accepted[/bold] {escape(line)}", soft_wrap=True)


def _show_mismatches(
    entries: "Catalogue", session: "Upstream", settings: Settings, *, fix: bool, yes: bool
) -> int:
    """Prints what entries ask for in vain, and the patch that would mend it; applies it if wished.

    Returns how many entries were told that no finding above has told of.
    """
    from sources import catalogue
    from sources.statbank import examination

    found = list(examination.mismatches(entries, session))
    for item in found:
        line = f"[red]entry[/red] [bold]{item.entry}[/bold]: {escape(item.message)}"
        Console().print(line, soft_wrap=True)
    files = examination.mended(found, (catalogue.FOLDER, settings.catalogue))
    for path, (before, after) in files.items():
        typer.echo(examination.patch(path, before, after))
    if files and fix and (yes or (sys.stdin.isatty() and typer.confirm("Apply it?"))):
        for path, (_, after) in files.items():
            path.write_text(after, encoding="utf-8")
        catalogue.load(catalogue.FOLDER, settings.catalogue)
        typer.echo(f"Mended {', '.join(str(path) for path in files)}; run doctor once more.")
    elif files:
        typer.echo(
            "Nothing was changed; --fix applies the patch" + (" with --yes." if fix else ".")
        )
    return sum(item.what.startswith("a unit") for item in found)


def _send_trial(settings: Settings) -> None:
    settings.prepare_prefect()
    from flows import notification

    notification.send_trial()
    typer.echo("Sent: a trial message to the address that 'digidistrikt notify' set.")
