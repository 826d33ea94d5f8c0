"""`notify`: who is told when an unattended refresh fails, or stays away."""

from typing import Annotated

import typer

from cli.options import HOME, Home
from cli.terminal import escape
from flows.settings import Settings

app = typer.Typer()


@app.command(epilog="Example: digidistrikt notify mailto://mail.example.no/?to=data@example.no")
def notify(
    address: Annotated[
        str,
        typer.Argument(help="A webhook of Slack, Teams or your own, or a mail server (mailto://)."),
    ],
    home: Home = HOME,
) -> None:
    """Have the Prefect server tell of refreshes that failed, crashed, are stale or stay away.

    Keeps the address on the server at PREFECT_API_URL and makes the automations of automations.yaml
    there anew. 'digidistrikt doctor --notify' sends a trial message.
    """
    Settings(home=home).prepare_prefect()
    from flows import notification

    names = notification.set_up(address)
    typer.echo(f"Kept on the server, with {escape(', '.join(names))}.")
    typer.echo("Try it: digidistrikt doctor --notify")
