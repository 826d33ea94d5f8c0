"""What models call by name while they run: what SQL can't compute, and which rows are wanted.

What these gave stands in the tables, so that a reader of the warehouse needs none of them.
"""

from collections.abc import Callable
from typing import Any

import duckdb

_TIES = 'struct(municipality varchar, county varchar, "group" varchar)[]'
_POSITIONS = (
    'struct(municipality varchar, "groups" integer, degree integer, weighted_degree integer,'
    " betweenness double, clustering double, county_share double, bridges integer)[]"
)
_OVERLAPS = (
    'struct("group" varchar, other varchar, members integer, other_members integer,'
    " shared varchar[], expected double, as_many_by_chance double)[]"
)
# Whether an indicator is among those in the variable `indicators`; each is if it is not set. The
# first and the last of them let DuckDB leave out, unread, parts of a table that have no such row.
_IS_WANTED = """
    create temp macro is_wanted(indicator) as
        getvariable('indicators') is null
        or (
            indicator between list_min(getvariable('indicators'))
                and list_max(getvariable('indicators'))
            and list_contains(getvariable('indicators'), indicator)
        )
"""


def make(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Makes the functions that a query calls, where the connection does not have them yet."""
    if "is_wanted" in query and not _has(con, "is_wanted"):
        con.execute(_IS_WANTED)
    for name, (kind, returned) in _FUNCTIONS.items():
        if name in query and not _has(con, name):
            con.create_function(
                name, _of_net(kind), [duckdb.sqltype(_TIES)], duckdb.sqltype(returned)
            )


def _of_net(kind: str) -> Callable[[list[Any]], list[Any]]:
    """A function of `warehouse.net`, imported when it is called: networkx takes its time."""

    def call(ties: list[Any]) -> list[Any]:
        from warehouse import net  # noqa: PLC0415 - only a build needs it

        found: list[Any] = getattr(net, kind)(ties)
        return found

    return call


def _has(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = con.execute("select 1 from duckdb_functions() where function_name = ?", [name])
    return found.fetchone() is not None


_FUNCTIONS = {
    "net_positions": ("positions", _POSITIONS),
    "net_overlaps": ("overlaps", _OVERLAPS),
}
