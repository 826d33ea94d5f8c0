"""`refresh` and `record`: what asks the publishers for figures, and what a refresh came to."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console

from cli.options import HOME, Home, UpstreamName, outside_home
from cli.progress import announce, announce_home, progress
from cli.running import in_thread
from cli.status import show_warning
from cli.terminal import escape
from common import tables
from common.errors import BEHIND, EXIT_CODES, UpstreamError
from flows.settings import Settings
from warehouse import publish

if TYPE_CHECKING:
    from flows.outcome import Summary

_WIDE = 120  # columns of a terminal from which titles are shown too
_TITLE = 44  # columns of a title
app = typer.Typer()


@app.command(
    help="Fetch, model, check and publish. A failed refresh leaves the warehouse as it was."
    f"\n\n{EXIT_CODES}",
    epilog="Example: digidistrikt refresh --upstream live",
)
def refresh(
    upstream: UpstreamName = "recorded",
    home: Home = HOME,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this table or source, as 14534 or kostra; repeatable."),
    ] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Run the steps without Prefect.")
    ] = False,
    json_log: Annotated[
        bool, typer.Option("--json-log", help="Log to standard error as JSON lines.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing unless something fails.")
    ] = False,
) -> None:
    """Fetch, model, check and publish. A failed refresh leaves the warehouse as it was."""
    settings = Settings(home=home, upstream=upstream)
    if not (json_log or quiet):
        announce(settings)
        announce_home(settings)
    run = _direct if direct else _with_prefect
    with nullcontext() if quiet else progress(as_json=json_log):
        summary = in_thread(lambda: run(settings, only or []), _give_up)
    if quiet:
        for failure in summary.failed:
            typer.echo(f"stale {failure.table_id}: {failure.message}", err=True)
        for sentence in summary.behind:
            typer.echo(sentence, err=True)
    else:
        _show(summary, settings)
    if summary.failed:
        raise typer.Exit(UpstreamError.exit_code)
    if summary.behind:
        raise typer.Exit(BEHIND)


def _direct(settings: Settings, only: list[str]) -> "Summary":
    from flows import engine

    return engine.run(settings, only)


def _with_prefect(settings: Settings, only: list[str]) -> "Summary":
    from flows import engine

    with engine.opened(settings, only):
        """What can't be opened is reported now, not after Prefect has taken its time to start."""
    for level in ("PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL"):
        os.environ.setdefault(level, "CRITICAL")  # we report faults, once
    settings.prepare_prefect()
    from flows.refresh import refresh_warehouse

    done = refresh_warehouse(
        upstream=settings.upstream, home=str(settings.home.resolve()), only=only
    )
    return cast("Summary", done)  # a flow that returns a state is called for what the state holds


def _give_up() -> None:
    """Clears away what a refresh that is not ended leaves: files, and Prefect's temporary API."""
    servers = sys.modules.get("prefect.server.api.server")
    server = getattr(servers, "SubprocessASGIServer", None)  # one for the process
    if server and (temporary := server().server_process):
        temporary.kill()
        temporary.wait()
    publish.clear_away_unfinished()


@app.command(epilog="Example: digidistrikt record --into sources/recorded")
def record(
    into: Annotated[
        Path, typer.Option(callback=outside_home, help="The folder of recordings to write.")
    ],
    home: Home = HOME,
) -> None:
    """Rewrite the recordings from the live services."""
    from flows import record as recordings

    with progress():
        count = recordings.record(Settings(home=home, upstream="live"), into)
    typer.echo(f"{count} replies recorded in {into}.")


def _show(done: "Summary", settings: Settings) -> None:
    """What a refresh loaded, as a table, and what its checks found."""
    console = Console()
    if done.unchanged_since:
        console.print(
            f"Nothing new since {done.unchanged_since:%Y-%m-%d %H:%M}:"
            f" {settings.warehouse} is as it was. {done.requests_made}.",
            soft_wrap=True,
        )
        _show_stale(console, done)
        return
    _show_loaded(console, done, settings)
    console.print()
    passed = [result for result in done.checks if not result.faults]
    console.print(f"[green]{len(passed)} of {len(done.checks)} checks passed[/green].")
    for result in done.checks:
        if result.faults:
            show_warning(console, result)
    if done.skipped:
        listed = ", ".join(done.skipped)
        console.print(
            f"Skipped (no recording; use --upstream live): {escape(listed)}.", soft_wrap=True
        )
    _show_stale(console, done)
    if done.code_change:
        console.print(done.code_change, soft_wrap=True)
    if done.refused_rows:
        console.print(f"{done.refused_rows} rows of files were refused: from mart.refused_row")
    console.print(
        f"Published {settings.warehouse}: {done.figures} figures, vintage {done.run_id}."
        f" {done.requests_made}.",
        soft_wrap=True,
    )


def _show_stale(console: Console, done: "Summary") -> None:
    for failure in done.failed:
        console.print(
            f"[red]stale[/red] {failure.table_id}, shown with its last good figures if any:"
            f" {escape(failure.message)}"
        )
    for sentence in done.behind:
        console.print(f"[red]behind[/red] {escape(sentence)}", soft_wrap=True)


def _show_loaded(console: Console, done: "Summary", settings: Settings) -> None:
    """A row for each table that brought figures; the others that were read are named below."""
    console.print(f"[bold]Loaded from {escape(settings.upstream)}[/bold]", soft_wrap=True)
    columns = ["source", "periods", "municipalities", "indicators", "figures"]
    rows: list[list[object]] = [
        [item.table_id, item.periods, item.municipalities, item.indicators, item.observations]
        for item in done.loaded
        if item.observations
    ]
    if console.width >= _WIDE:
        columns.append("title")
        titles = {item.table_id: item.title for item in done.loaded}
        for row in rows:
            row.append(shorten(titles[str(row[0])], _TITLE, placeholder=" …"))
    tables.draw(columns, rows, console)
    without = {*done.skipped, *(failure.table_id for failure in done.failed)}
    others = [i.table_id for i in done.loaded if not i.observations and i.table_id not in without]
    if others:
        console.print(f"Codes, classes and registers: {escape(', '.join(others))}.")
