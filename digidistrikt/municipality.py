"""All that is known of one municipality: codes and names, changes, classes, networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import duckdb

from warehouse import boundaries
from warehouse.boundaries import History, Successor
from warehouse.lives import Change
from warehouse.models import quote


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


@dataclass(frozen=True)
class Municipality:
    """A municipality through time, with the classes and networks of its successors today."""

    history: History
    classes: list[Classes]
    memberships: list[Membership]
    decided: list[DecidedChange]

    def facts(self) -> list[Fact]:
        """The same as one row a fact."""
        return [
            *_history_facts(self.history),
            *_decided_facts(self.decided),
            *_class_facts(self.classes),
            *_network_facts(self.memberships),
        ]


def find(con: duckdb.DuckDBPyConnection, name: str) -> Municipality:
    """The municipality that has had a code or name at any time. Raises BoundaryError."""
    history = boundaries.find(con, name)
    today = history.today
    return Municipality(
        history, _classes(con, today), _memberships(con, today), _decided_changes(con, today)
    )


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
        yield Fact("name", code, name, county, valid_from, last_day(valid_to), None)
    for change in history.came_from:
        code, name, on = change.old_code, change.old_name, change.changed_on
        yield Fact("came_from", code, name, None, on, None, how(change))
    for change in history.went_into:
        code, name, on = change.new_code, change.new_name, change.changed_on
        yield Fact("went_into", code, name, None, on, None, how(change))
    for place in history.today:
        yield Fact("today", place.code, place.name, place.county, None, None, share(place))


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


def how(change: Change) -> str:
    """By what kind of change, and whether all of the municipality went that way."""
    return f"{change.kind}, part of it" if change.share == "part" else change.kind


def share(place: Successor) -> str:
    """The share of a municipality's people that a successor took, in words."""
    return "not published" if place.share is None else f"{place.share:.1%}".replace(".0%", "%")


def last_day(valid_to: date | None) -> date | None:
    """The day before one from which something no longer holds."""
    return valid_to - timedelta(days=1) if valid_to else None
