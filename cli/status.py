"""`status`: the vintage, the freshness of each source, and what the checks found."""

from typing import Annotated

import duckdb
import typer
from rich.console import Console

from cli import health
from cli.options import HOME, FormatOption, Home, ReadFrom
from cli.output import is_table, write_cursor
from cli.terminal import escape
from common import tables
from digidistrikt.opening import open_warehouse
from flows import attempts
from flows.settings import Settings
from warehouse.checks import Check, Result

app = typer.Typer()
_SOURCES = """
    select table_id, if(is_asked, upstream, 'not asked') as upstream,
        coalesce(strftime(updated, '%Y-%m-%d'), published_on) as published, recorded_on,
        strftime(accessed_at, '%Y-%m-%d %H:%M') as accessed,
        round(date_diff('second', accessed_at, now()) / 86400, 1) as days_since_accessed,
        observations as figures,
        refused_rows as refused, outcome, message
    from mart.source_table
"""
_FOR_A_PERSON = ("table_id", "upstream", "published", "outcome", "figures", "refused")
_NOBODY = "not asked"


@app.command(epilog="Example: digidistrikt status")
def status(
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Numbers as Prometheus reads them from a text file.")
    ] = False,
) -> None:
    """Show the vintage, the freshness of each source, and what the checks found."""
    settings = Settings(home=home, read_from=warehouse)
    with open_warehouse(home, warehouse=warehouse) as con:
        if metrics:
            typer.echo("\n".join(health.metrics(con, settings)))
        elif is_table(output_format):
            _show_vintage(con, settings)
            _show_sources(con)
            _show_faults(con)
        else:
            write_cursor(con.execute(_SOURCES), output_format)


def _show_vintage(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """The last run that published, and of the home the last attempt where it is another."""
    run = con.execute("from mart.refresh_run order by started_at desc limit 1").fetchone()
    if not run:
        return
    where = "" if settings.reads_home else f", in {settings.place}"
    Console().print(
        f"Vintage [bold]{run[0]}[/bold] from [bold]{run[2]}[/bold],"
        f" built {run[1]:%Y-%m-%d %H:%M} by digidistrikt {run[3]}{escape(where)}",
        soft_wrap=True,
    )
    tried = attempts.last(settings)
    if tried and tried["run_id"] != run[0]:
        home = "" if settings.reads_home else f" in {settings.home}"
        Console().print(
            escape(f"Last tried{home} {tried['ended_at']}: {tried['message']}"), soft_wrap=True
        )
    if settings.targets and settings.reads_home:
        from flows import targets

        for sentence in targets.state(settings, str(run[0])):
            Console().print(escape(sentence), soft_wrap=True)
    if due := health.next_run():
        Console().print(escape(due), soft_wrap=True)


def _show_sources(con: duckdb.DuckDBPyConnection) -> None:
    """A row for each source with an answer, and the names of the others."""
    wanted = ", ".join(_FOR_A_PERSON)
    found = con.execute(f"select {wanted} from ({_SOURCES})").fetchall()
    rows = [["" if cell is None else cell for cell in row] for row in found if row[1] != _NOBODY]
    tables.draw(_FOR_A_PERSON, rows, Console())
    if not_asked := [row[0] for row in found if row[1] == _NOBODY]:
        Console().print(f"Not asked: {', '.join(not_asked)}.", soft_wrap=True)


def _show_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Why a source is stale, and what the checks found."""
    failed = con.execute("select table_id, message from mart.source_table where outcome = 'failed'")
    for table_id, message in failed.fetchall():
        Console().print(f"[red]stale[/red] {table_id}: {escape(message)}", soft_wrap=True)
    found = con.execute("from mart.data_check where faults > 0 order by severity, check_name")
    for name, finds, why, severity, faults, examples in found.fetchall():
        check = Check(name, finds, why, severity, query="")
        show_warning(Console(), Result(check, faults, tuple(examples)))


def show_warning(console: Console, result: Result) -> None:
    """How many faults a check found, and the first."""
    console.print(f"[yellow]warning[/yellow] {escape(result.sentence)}", soft_wrap=True)
