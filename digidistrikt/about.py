"""What goes with figures when they leave the warehouse: what columns mean, and whose they are."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb

from common.errors import InputError
from common.text import Language
from digidistrikt.citation import Style, cited
from warehouse.models import quote

_TABLE = re.compile(r"\bmart\.(\w+)")


class Vintage(NamedTuple):
    """The newest run that is in the warehouse; the time is UTC."""

    run_id: str
    started_at: str
    upstream: str
    code_version: str
    code_digest: str


class ColumnMeaning(NamedTuple):
    """A column of a result, as the tables of mart explain it; unit for a column of figures."""

    column: str
    meaning: str | None
    unit: str | None


class Origin(NamedTuple):
    """An indicator in a result and a table it is made of, with licence and finished reference."""

    indicator_id: str
    title: str
    unit: str
    table_id: str
    publisher: str
    licence: str
    citation: str | None
    url: str


def vintage(con: duckdb.DuckDBPyConnection) -> Vintage:
    """The newest vintage of the warehouse."""
    row = con.execute(
        "select run_id, strftime(started_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'),"
        " upstream, code_version, code_digest"
        " from mart.refresh_run order by started_at desc limit 1"
    ).fetchall()
    return Vintage._make(row[0])


def meanings(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], query: str = ""
) -> list[ColumnMeaning]:
    """What each column of a result means: by its indicator, or as a table says it.

    The tables that the query names go before others; what a macro gives is explained by
    mart.observation, of which it is made. Where tables differ, nothing is said.
    """
    named = _TABLE.findall(query)
    comments = dict(
        con.execute(
            f"""
            select column_name, coalesce({_agreed(named)}, {_agreed(["observation"])}, {_agreed()})
            from duckdb_columns()
            where schema_name = 'mart' and comment is not null
            group by column_name
            """
        ).fetchall()
    )
    indicators = {
        indicator: (title, unit)
        for indicator, title, unit in con.execute(
            "select indicator_id, title_en, unit from mart.indicator"
        ).fetchall()
    }
    return [
        ColumnMeaning(column, *indicators.get(column, (comments.get(column), None)))
        for column in columns
    ]


def origins(con: duckdb.DuckDBPyConnection, indicators: Sequence[str]) -> list[Origin]:
    """The tables that indicators are made of; a name that is no indicator is passed over."""
    rows = con.execute(
        f"""
        with of_indicator as (
            select indicator_id, title_en, unit, unnest(table_ids) as table_id
            from mart.indicator
            where list_contains({_list(indicators)}, indicator_id)
        )
        select indicator_id, of_indicator.title_en, unit, table_id, publisher, licence, url
        from of_indicator
        inner join mart.source_table using (table_id)
        order by all
        """
    ).fetchall()
    references = {table: _reference(con, table) for table in {row[3] for row in rows}}
    return [Origin._make([*row[:6], references[row[3]], row[6]]) for row in rows]


def _reference(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """The reference to a table; None where nothing of it was fetched, so that it has no date."""
    try:
        return cited(con, table, Style.APA, Language.EN)
    except InputError:
        return None


def as_attributes(
    con: duckdb.DuckDBPyConnection,
    columns: Sequence[str],
    indicators: Sequence[str],
    query: str = "",
) -> dict[str, Any]:
    """The same as one dictionary of plain values, which travels with a frame.

    Keys: `vintage`, `columns` (name: meaning and unit), `titles` and `units` (by indicator),
    `sources` (a dictionary each) and `citations`.
    """
    found = origins(con, indicators)
    return {
        "vintage": vintage(con)._asdict(),
        "columns": {each.column: each._asdict() for each in meanings(con, columns, query)},
        "titles": {each.indicator_id: each.title for each in found},
        "units": {each.indicator_id: each.unit for each in found},
        "sources": [each._asdict() for each in found],
        "citations": sorted({each.citation for each in found if each.citation}),
    }


def _agreed(tables: Sequence[str] | None = None) -> str:
    """SQL: the comment on a column of these tables, or of all; NULL where they differ."""
    within = "true" if tables is None else f"list_contains({_list(tables)}, table_name)"
    return (
        f"if(count(distinct comment) filter ({within}) = 1,"
        f" any_value(comment) filter ({within}), null)"
    )


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(quote(name) for name in names)}]::varchar[]"
