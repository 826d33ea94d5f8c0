"""`networks`: networks and their members, and a membership file checked."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer
from rich.console import Console

from cli import graph
from cli.options import HOME, FormatOption, Group, Home, ReadFrom
from cli.output import is_table, write_cursor
from cli.terminal import escape
from common import tables
from common.errors import InputError
from digidistrikt.networks import ENDED, OVERVIEW, id_of, members_of
from digidistrikt.opening import open_warehouse
from warehouse.models import quote

if TYPE_CHECKING:
    from sources.networks import RegisteredMembership, RegisteredNetwork

app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    help="List networks, or show one. Example: digidistrikt networks digiagder",
)
app.add_typer(graph.app)


@app.callback(epilog="Example: digidistrikt networks")
def networks(
    context: typer.Context,
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """List networks with their members by evidence; with a name, show its members."""
    if context.invoked_subcommand:
        return
    with open_warehouse(home, warehouse=warehouse) as con:
        write_cursor(con.execute(OVERVIEW), output_format)


@app.command("show", epilog="Example: digidistrikt networks digitale_helgeland")
def show(
    network: Annotated[str, typer.Argument(help="Id or name of a network.")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """Show a network: members, former members, evidence, dates and sources."""
    with open_warehouse(home, warehouse=warehouse) as con:
        network_id = id_of(con, network)
        members = con.execute(members_of(network_id))
        if is_table(output_format):
            _show(con, network_id, members.fetchall())
        else:
            write_cursor(members, output_format)


def _show(con: duckdb.DuckDBPyConnection, network_id: str, members: list[tuple[Any, ...]]) -> None:
    """What is known of a network, its members, those that have left, and what sources say of it."""
    console = Console()

    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True, highlight=False)

    [(name, *dates, note, url, source_date)] = con.execute(
        f"select network_name, valid_from, valid_to, {ENDED}, note, source_url, source_date"
        f" from mart.network where network_id = {quote(network_id)}"
    ).fetchall()
    console.print(f"[bold]{escape(name)}[/bold] ({network_id}){_span(*dates)}", highlight=False)
    for line in (note, _source(url, source_date)):
        say(line or "")
    for heading, has_ended in (("Members", False), ("Former members", True)):
        found = [row for row in members if row[4] == has_ended]
        if not found and has_ended:
            continue
        console.print(f"\n[bold]{heading}: {len(found)}[/bold]")
        rows = [
            (code, member, f"{basis} ({strength})", begun or "", ended or "")
            for code, member, begun, ended, _, basis, strength, *_ in found
        ]
        if rows:
            tables.draw(("code", "name", "evidence", "from", "to"), rows, console)
    statements = con.execute(
        f"select about, member_count, valid_from, valid_to, {ENDED}, note, source_url, source_date"
        f" from mart.network_statement where network_id = {quote(network_id)}"
        " order by statement_id"
    ).fetchall()
    if statements:
        console.print("\n[bold]Members that sources count or mention without naming them[/bold]")
    for about, count, *dates, note, url, source_date in statements:
        counted = f": {count}" if count else ""
        say(f"{about}{counted}{_span(*dates)}. {note or ''} {_source(url, source_date)}")


def _span(valid_from: str | None, valid_to: str | None, has_ended: bool) -> str:
    """From when until when, as far as it is known; a missing end is not known, not open."""
    begun = f", from {valid_from}" if valid_from else ""
    return begun + (f", {'ended' if has_ended else 'to'} {valid_to}" if valid_to else "")


def _source(url: str, source_date: str | None) -> str:
    return f"Source: {url}{f' ({source_date})' if source_date else ''}"


@app.command("check", epilog="Example: digidistrikt networks check members.csv")
def check(
    file: Annotated[Path, typer.Argument(help="A CSV of memberships.")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
) -> None:
    """Check each row of a file of memberships. Exit code 5 if anything is wrong.

    Rows that repeat or contradict the register are told as notes, on standard error.
    """
    from sources.networks import check_membership_file, membership_remarks

    with open_warehouse(home, warehouse=warehouse) as con:
        known = _known(con)
        networks, memberships = _register(con)
    problems = check_membership_file(
        file, networks=[network.network_id for network in networks], **known
    )
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(InputError.exit_code)
    for remark in membership_remarks(file, networks, memberships):
        typer.echo(f"note: {remark}", err=True)
    typer.echo(f"{file}: every row can be used.")


def _known(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Municipalities and their codes through time, as `check_membership_file` takes them."""
    today = con.execute(
        "select municipality_code, official_name, county_official_name from mart.municipality"
    ).fetchall()
    versions = con.execute(
        "select code, name, valid_from, valid_before from mart.municipality_history"
        " order by code, valid_from"
    ).fetchall()
    municipalities = {code: name for code, name, _ in today}
    periods: dict[str, list[tuple[date, date | None]]] = {}
    for code, _, valid_from, valid_to in versions:
        periods.setdefault(code, []).append((valid_from, valid_to))
    return {
        "municipalities": municipalities,
        "counties": {code: county for code, _, county in today},
        "former": {code: name for code, name, *_ in versions if code not in municipalities},
        "periods": periods,
    }


def _register(
    con: duckdb.DuckDBPyConnection,
) -> "tuple[list[RegisteredNetwork], list[RegisteredMembership]]":
    from sources.networks import RegisteredMembership, RegisteredNetwork

    networks = con.execute(
        "select network_id, scope, coalesce(valid_from, ''), coalesce(valid_to, '')"
        " from mart.network order by network_id"
    ).fetchall()
    memberships = con.execute(
        "select network_id, municipality_code, reported_code, coalesce(valid_from, ''),"
        " coalesce(valid_to, ''), basis, source_url from mart.network_membership"
        " order by network_id, municipality_code, valid_from"
    ).fetchall()
    return (
        [RegisteredNetwork._make(row) for row in networks],
        [RegisteredMembership._make(row) for row in memberships],
    )
