"""`municipality`: codes, names, changes behind and ahead, classes and networks today."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, NamedTuple

import duckdb
import typer
from rich.console import Console

from cli.connect import open_warehouse
from cli.options import HOME, FormatOption, Home
from cli.output import is_table, write_rows
from cli.terminal import escape
from common import tables
from warehouse import boundaries
from warehouse.boundaries import History, Successor
from warehouse.lives import NO_BEGINNING, Change
from warehouse.models import quote

app = typer.Typer()


class Fact(NamedTuple):
    """One thing known of a municipality; days are the first and the last on which it holds."""

    fact: str
    code: str
    name: str
    county: str | None
    first_day: date | str | None
    last_day: date | str | None
    detail: str | None


class Membership(NamedTuple):
    """A municipality of today in a network, and what that is known by."""

    code: str
    name: str
    network: str
    first_day: str | None
    last_day: str | None
    basis: str
    evidence: str


class Classes(NamedTuple):
    """The classes of a municipality of today."""

    code: str
    name: str
    county: str
    economic_region: str
    centrality_class: int
    kostra_group: str
    district: str


class DecidedChange(NamedTuple):
    """What is decided for the future of a municipality of today."""

    code: str
    name: str
    on: date
    change: str
    becomes: str
    decided: str


@app.command(epilog="Example: digidistrikt municipality Haram")
def municipality(
    name: Annotated[str, typer.Argument(help="A code or name of any year; Herøy (Nordland).")],
    home: Home = HOME,
    output_format: FormatOption = None,
) -> None:
    """Show a municipality through time: codes, names, changes; its classes and networks today."""
    with open_warehouse(home) as con:
        history = boundaries.find(con, name)
        classes, memberships = _classes(con, history.today), _memberships(con, history.today)
        decided = _decided_changes(con, history.today)
        if is_table(output_format):
            _print(Console(), history, classes, memberships, decided)
            return
        facts = [
            *_history_facts(history),
            *_decided_facts(decided),
            *_class_facts(classes),
            *_network_facts(memberships),
        ]
        write_rows(Fact._fields, facts, output_format)


def _classes(con: duckdb.DuckDBPyConnection, places: tuple[Successor, ...]) -> list[Classes]:
    rows = con.execute(
        f"""
        select municipality_code, municipality_name, county_name, economic_region_name,
            centrality_class, kostra_group, if(is_district, 'yes', 'no')
        from mart.municipality
        where municipality_code in {_in_list(places)}
        """
    ).fetchall()
    found = {row[0]: Classes._make(row) for row in rows}
    return [found[place.code] for place in places if place.code in found]


def _memberships(con: duckdb.DuckDBPyConnection, places: tuple[Successor, ...]) -> list[Membership]:
    rows = con.execute(
        f"""
        select distinct municipality_code, municipality_name, network_name, valid_from, valid_to,
            basis, strength
        from mart.network_membership
        where municipality_code in {_in_list(places)}
        order by all
        """
    ).fetchall()
    return [Membership._make(row) for row in rows]


def _decided_changes(
    con: duckdb.DuckDBPyConnection, places: tuple[Successor, ...]
) -> list[DecidedChange]:
    rows = con.execute(
        f"""
        select municipality_code, municipality_name, takes_effect_on,
            kind || ' with ' || (
                select string_agg(partner.municipality_name, ', ')
                from mart.municipality as partner
                where list_contains(change.partners, partner.municipality_code)
            ),
            new_name, replace(decided_by, '_', ' ') || ', ' || decided_on
        from mart.decided_change as change
        where municipality_code in {_in_list(places)}
        order by all
        """
    ).fetchall()
    return [DecidedChange._make(row) for row in rows]


def _in_list(places: tuple[Successor, ...]) -> str:
    return "(" + ", ".join(quote(place.code) for place in places) + ")" if places else "('')"


def _history_facts(history: History) -> Iterator[Fact]:
    for version in history.versions:
        code, name, county, valid_from, valid_to = version
        yield Fact("name", code, name, county, valid_from, _last_day(valid_to), None)
    for change in history.came_from:
        code, name, on = change.old_code, change.old_name, change.changed_on
        yield Fact("came_from", code, name, None, on, None, _how(change))
    for change in history.went_into:
        code, name, on = change.new_code, change.new_name, change.changed_on
        yield Fact("went_into", code, name, None, on, None, _how(change))
    for place in history.today:
        yield Fact("today", place.code, place.name, place.county, None, None, _share(place))


def _decided_facts(decided: list[DecidedChange]) -> Iterator[Fact]:
    for code, name, on, change, becomes, by in decided:
        yield Fact("decided", code, name, None, on, None, f"{change} into {becomes} ({by})")


def _class_facts(classes: list[Classes]) -> Iterator[Fact]:
    for found in classes:
        for scheme in ("county", "economic_region", "centrality_class", "kostra_group"):
            detail = str(getattr(found, scheme))
            yield Fact(scheme, found.code, found.name, found.county, None, None, detail)


def _network_facts(memberships: list[Membership]) -> Iterator[Fact]:
    for code, name, network, first_day, last_day, basis, evidence in memberships:
        detail = f"{network}: {basis} ({evidence})"
        yield Fact("network", code, name, None, first_day, last_day, detail)


def _print(
    console: Console,
    history: History,
    classes: list[Classes],
    memberships: list[Membership],
    decided: list[DecidedChange],
) -> None:
    last = history.last
    console.print(f"[bold]{escape(last.name)}[/bold], {last.code} in {escape(last.county)}")
    names = [(v.code, v.name, v.county, *_span(v.valid_from, v.valid_to)) for v in history.versions]
    _section(console, "Codes and names", ("code", "name", "county", "from", "to"), names)
    came = [(c.changed_on, c.old_code, c.old_name, _how(c)) for c in history.came_from]
    _section(console, "Came from", ("on", "code", "name", "by"), came)
    went = [(c.changed_on, c.new_code, c.new_name, _how(c)) for c in history.went_into]
    _section(console, "Went into", ("on", "code", "name", "by"), went)
    places = [(place.code, place.name, _share(place)) for place in history.today]
    _section(console, "Successors today", ("code", "name", "share of population"), places)
    known = 2 if len(history.today) == 1 else 0  # its code and name stand just above
    for title, columns, found in (
        ("Decided", DecidedChange._fields, decided),
        ("Classes today", Classes._fields, classes),
        ("Networks", Membership._fields, memberships),
    ):
        _section(console, title, columns[known:], [row[known:] for row in found])


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


def _how(change: Change) -> str:
    return f"{change.kind}, part of it" if change.share == "part" else change.kind


def _share(place: Successor) -> str:
    return "not published" if place.share is None else f"{place.share:.1%}".replace(".0%", "%")


def _span(valid_from: date, valid_to: date | None) -> tuple[date | None, date | None]:
    return None if valid_from == NO_BEGINNING else valid_from, _last_day(valid_to)


def _last_day(valid_to: date | None) -> date | None:
    return valid_to - timedelta(days=1) if valid_to else None
