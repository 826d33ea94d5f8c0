"""`doctor`: whether each upstream service still answers as expected."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from cli.options import HOME, Home, UpstreamName
from cli.progress import announce
from cli.terminal import escape
from common.errors import UpstreamError
from flows.settings import Settings

app = typer.Typer()


@app.command(epilog="Example: digidistrikt doctor --live")
def doctor(
    upstream: UpstreamName = "recorded",
    live: Annotated[bool, typer.Option("--live", help="The same as --upstream live.")] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Only send a trial message, as a failed refresh would.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Check every upstream service with one cheap request and report what is not as expected.

    Takes about a minute, fetches no figures and changes nothing. Exit code 4 if anything differs.
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
    differ = 0
    with Upstream(settings.upstream, budget=settings.budget, limits=limits) as session:
        for found in examination.examine(entries, session, Contracts(settings.contracts)):
            mark = "[green]as expected[/green]" if found.expected else "[red]differs[/red]"
            line = f"{mark} [bold]{found.subject}[/bold]: {escape(found.message)}"
            Console().print(line, soft_wrap=True)
            differ += not found.expected
        answers = "answer" if differ == 1 else "answers"
        typer.echo(f"{session.requests} requests; {differ} {answers} not as expected.")
    if differ:
        raise typer.Exit(UpstreamError.exit_code)


def _send_trial(settings: Settings) -> None:
    settings.prepare_prefect()
    from flows import notification

    notification.send_trial()
    typer.echo("Sent: a trial message to the address that 'digidistrikt notify' set.")
