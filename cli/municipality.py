"""`municipality`: codes, names, changes behind and ahead, classes and networks today."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from cli.options import HOME, FormatOption, Home, ReadFrom
from cli.output import is_table, write_rows
from cli.terminal import escape
from common import tables
from digidistrikt.municipality import (
    Classes,
    DecidedChange,
    Fact,
    Membership,
    Municipality,
    find,
    how,
    last_day,
    share,
)
from digidistrikt.opening import open_warehouse
from warehouse.lives import NO_BEGINNING

app = typer.Typer()


@app.command(epilog="Example: digidistrikt municipality Haram")
def municipality(
    name: Annotated[str, typer.Argument(help="A code or name of any year; Herøy (Nordland).")],
    home: Home = HOME,
    warehouse: ReadFrom = None,
    output_format: FormatOption = None,
) -> None:
    """Show a municipality through time: codes, names, changes; its classes and networks today."""
    with open_warehouse(home, warehouse=warehouse) as con:
        found = find(con, name)
    if is_table(output_format):
        _print(Console(), found)
    else:
        write_rows(Fact._fields, found.facts(), output_format)


def _print(console: Console, found: Municipality) -> None:
    history = found.history
    last = history.last
    console.print(f"[bold]{escape(last.name)}[/bold], {last.code} in {escape(last.county)}")
    names = [(v.code, v.name, v.county, *_span(v.valid_from, v.valid_to)) for v in history.versions]
    _section(console, "Codes and names", ("code", "name", "county", "from", "to"), names)
    came = [(c.changed_on, c.old_code, c.old_name, how(c)) for c in history.came_from]
    _section(console, "Came from", ("on", "code", "name", "by"), came)
    went = [(c.changed_on, c.new_code, c.new_name, how(c)) for c in history.went_into]
    _section(console, "Went into", ("on", "code", "name", "by"), went)
    places = [(place.code, place.name, share(place)) for place in history.today]
    _section(console, "Successors today", ("code", "name", "share of population"), places)
    known = 2 if len(history.today) == 1 else 0  # its code and name stand just above
    for title, columns, rows in (
        ("Decided", DecidedChange._fields, found.decided),
        ("Classes today", Classes._fields, found.classes),
        ("Networks", Membership._fields, found.memberships),
    ):
        _section(console, title, columns[known:], [row[known:] for row in rows])


def _section(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """A table below a heading, without the columns in which nothing is known."""
    if not rows:
        return
    console.print(f"\n[bold]{title}[/bold]")
    known = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)]
    cells = [["" if row[at] is None else row[at] for at in known] for row in rows]
    tables.draw([columns[at].replace("_", " ") for at in known], cells, console)


def _span(valid_from: date, valid_to: date | None) -> tuple[date | None, date | None]:
    return None if valid_from == NO_BEGINNING else valid_from, last_day(valid_to)
