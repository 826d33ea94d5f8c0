"""Models made anew only where what they are made of has changed since the vintage before.

The warehouse is a copy of that vintage in which the replies that changed have been replaced. A
table is run again if a table that it reads, through macros or not, is another than it was. If that
is so of its `parts of` only, the indicators that differ are made anew, and those made of them: the
others stay. A table that comes out the same is no reason to run those that read it.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import duckdb

from warehouse import models, vintages
from warehouse.models import Model, quote

# Of each vintage itself, so empty when a new one begins; children before their parents.
_OF_A_VINTAGE = (
    "raw.source_run",
    "raw.table_digest",
    "raw.refresh_run",
    "raw.shape_difference",
    "raw.superseded",
    "raw.known_since",
    "raw.superseded_cell",
    "raw.cell_since",
    "raw.cube_since",
    "mart.data_check",
)
_DESCRIBED_BY = {"raw.indicator", "raw.trait"}
_SUM = "(count(*), bit_xor(hash(line)), sum(hash(line)::hugeint))"
_MADE_OF_THEM = """
    with recursive affected(indicator_id) as (
        select unnest(?::varchar[])
        union
        select made.indicator_id
        from affected
        inner join (
            select indicator_id, unnest([numerator, denominator, weight, applies_where]) as part
            from raw.indicator
            union all
            select composite_id, indicator_id from raw.composite_part
        ) as made on made.part = affected.indicator_id
    )

    select list(indicator_id) from affected
"""


def begin(con: duckdb.DuckDBPyConnection) -> None:
    """Takes away what is of the vintage before itself: its run, its history, its checks."""
    for table in _OF_A_VINTAGE:
        con.execute(f"delete from {table}")


def is_mostly_unused(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether more than half of the file is room that replaced tables have left."""
    found = con.execute("select 2 * free_blocks > total_blocks from pragma_database_size()")
    return found.fetchone() == (True,)


def run_changed(
    con: duckdb.DuckDBPyConnection, before: Path, folder: Path = models.MODELS
) -> frozenset[str]:
    """Runs the models that read what differs from the file `before`.

    Returns the tables that differ, and those that `vintages.record` and the checks are to fill.
    Columns named after an indicator are described anew where the catalogue differs. Raises as
    `models.run_all`.
    """
    with vintages.attached(con, before):
        made = {model.table for model in models.read_models(folder)}
        changed = {table for table in _tables(con) if table not in made and _differs(con, table)}
        for model, reads in models.read_with_tables(folder):
            if read := reads & changed:
                _run(con, model, read)
                if _differs(con, model.table):
                    changed.add(model.table)
            elif changed & _DESCRIBED_BY and _has_columns_of_indicators(con, model):
                models.comment(con, model)
    return frozenset(changed).union(vintages.MADE_OF_THEM, ["mart.data_check"])


def _has_columns_of_indicators(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether there are columns of which the head of the model says nothing."""
    return model.schema == "mart" and bool(_columns(con, model.table) - model.columns.keys())


def _run(con: duckdb.DuckDBPyConnection, model: Model, changed: Collection[str]) -> None:
    if not model.parts_of.issuperset(changed):
        models.run(con, model)
        return
    [(indicators,)] = con.execute(_MADE_OF_THEM, [_indicators(con, changed)]).fetchall()
    con.execute("set variable indicators = cast(? as varchar[])", [indicators])
    kept = f"not list_contains(getvariable('indicators'), {model.indicator})"
    parts = f"from before.{model.table} where {kept} union all by name from ({model.query})"
    try:
        models.run(con, replace(model, query=parts))
    finally:
        con.execute("reset variable indicators")


def _indicators(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> list[str]:
    """The indicators of which some table has other rows than before."""
    found: set[str] = set()
    for table in sorted(tables):
        if "indicator_id" in _columns(con, table):
            rows = con.execute(
                f"select coalesce(new.indicator_id, old.indicator_id) from {_by_indicator(table)}"
                f" as new full join {_by_indicator(f'before.{table}')} as old using (indicator_id)"
                " where new.sum is distinct from old.sum"
            ).fetchall()
            found |= {str(indicator) for (indicator,) in rows}
    return sorted(found)


def _by_indicator(table: str) -> str:
    return f"(select indicator_id, {_SUM} as sum from {table} as line group by indicator_id)"


def _differs(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the rows of a table are others than before, in whatever order they stand."""
    sums = [
        con.execute(f"select {_SUM} from {name} as line").fetchall()
        for name in (table, f"before.{table}")
    ]
    return sums[0] != sums[1]


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {str(row[0]) for row in con.execute(f"describe {table}").fetchall()}


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        f" where database_name = {quote('before')}"
    ).fetchall()
    return [str(name) for (name,) in found]
