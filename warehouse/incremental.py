"""Models made anew only where what they are made of has changed since the vintage before.

The warehouse is a copy of that vintage in which the replies that changed have been replaced. A
table is run again if a table that it reads, through macros or not, is another than it was. If that
is so of its `parts of` only, the indicators that differ are made anew, and those made of them: the
others stay where they are, and are not looked at. A table that comes out the same is no reason to
run those that read it.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse import models, vintages
from warehouse.models import Model, quote

# Of each vintage itself, so empty when a new one begins; children before their parents. What
# figures were before stays, and `vintages.record` adds to it.
_OF_A_VINTAGE = (
    "raw.source_run",
    "raw.table_digest",
    "raw.refresh_run",
    "raw.shape_difference",
    "raw.superseded_cell",
    "raw.cell_since",
    "raw.cube_since",
    "mart.data_check",
)
_HISTORY = {"raw.superseded", "raw.known_since", "raw.observation_digest"}
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
    con: duckdb.DuckDBPyConnection,
    before: Path,
    tables: Collection[str],
    folder: Path = models.MODELS,
) -> dict[str, list[str] | None]:
    """Runs the models that read what differs from the file `before`.

    `tables` of the catalogue have been loaded anew. Returns the tables that differ, and those that
    `vintages.record` and the checks are to fill, each with the indicators of which it was made
    anew; None stands for all. Columns named after an indicator are described anew where the
    catalogue differs. Raises as `models.run_all`.
    """
    with vintages.attached(con, before):
        _note_replies(con, tables)
        made = {model.table for model in models.read_models(folder)}
        where = {table: _may_differ(con, table) for table in _tables(con) if table not in made}
        changed: dict[str, list[str] | None] = {
            table: None for table, rows in where.items() if _differs(con, table, rows)
        }
        for model, reads in models.read_with_tables(folder):
            if read := reads & changed.keys():
                anew = _run(con, model, {table: where[table] for table in read})
                where[model.table] = _is_one_of(anew, model.indicator)
                if _differs(con, model.table, where[model.table]):
                    changed[model.table] = anew
            elif changed.keys() & _DESCRIBED_BY and _has_columns_of_indicators(con, model):
                models.comment(con, model)
    return changed | dict.fromkeys([*vintages.MADE_OF_THEM, "mart.data_check"])


def _note_replies(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """The replies that these tables have or had, in the variable `replies`."""
    con.execute(
        "set variable replies = (select coalesce(list(distinct reply_id), []) from ("
        "select reply_id, table_id from raw.reply"
        " union all select reply_id, table_id from before.raw.reply"
        ") where list_contains(cast(? as varchar[]), table_id))",
        [sorted(tables)],
    )


def _may_differ(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """The condition that a row of a table that is no model may be another than before."""
    if table in _HISTORY:
        return "false"
    is_brought = table != "raw.reply" and table not in _OF_A_VINTAGE
    if is_brought and "reply_id" in _columns(con, table):
        return "list_contains(getvariable('replies'), reply_id)"
    return "true"


def _is_one_of(indicators: Sequence[str] | None, indicator: str) -> str:
    """The condition that a row is of some indicators; None is all."""
    if indicators is None:
        return "true"
    if not indicators:
        return "false"
    named = f"list_contains([{', '.join(map(quote, indicators))}]::varchar[], {indicator})"
    return f"{indicator} between {quote(indicators[0])} and {quote(indicators[-1])} and {named}"


def _has_columns_of_indicators(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether there are columns of which the head of the model says nothing."""
    return model.schema == "mart" and bool(_columns(con, model.table) - model.columns.keys())


def _run(
    con: duckdb.DuckDBPyConnection, model: Model, changed: Mapping[str, str]
) -> list[str] | None:
    """Runs a model for what changed; returns the indicators made anew, or None for all."""
    if not model.parts_of.issuperset(changed):
        models.run(con, model)
        return None
    [(indicators,)] = con.execute(_MADE_OF_THEM, [_indicators(con, changed)]).fetchall()
    anew = sorted(indicators or [])
    models.renew(con, model, anew)
    return anew


def _indicators(con: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> list[str]:
    """The indicators of which some table has other rows than before, where it may have."""
    found: set[str] = set()
    for table, where in sorted(tables.items()):
        if "indicator_id" in _columns(con, table):
            new, old = (_by_indicator(name, where) for name in (table, f"before.{table}"))
            rows = con.execute(
                f"select coalesce(new.indicator_id, old.indicator_id) from {new} as new"
                f" full join {old} as old using (indicator_id)"
                " where new.sum is distinct from old.sum"
            ).fetchall()
            found |= {str(indicator) for (indicator,) in rows}
    return sorted(found)


def _by_indicator(table: str, where: str) -> str:
    return (
        f"(select indicator_id, {_SUM} as sum from {table} as line where {where}"
        " group by indicator_id)"
    )


def _differs(con: duckdb.DuckDBPyConnection, table: str, where: str) -> bool:
    """Whether the rows of a table are others than before, in whatever order they stand."""
    sums = [
        con.execute(f"select {_SUM} from {name} as line where {where}").fetchall()
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
