"""What was known when: every run that changes a figure is a vintage, and only changes are kept.

`mart.observation` has the figures of today. A figure that a later run changed or no longer has is
kept in `raw.superseded` with the time from which and until which it stood; `raw.known_since` has
the figures of today that did not stand from the first run on. Cells of `mart.cube` are kept alike.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from common.errors import WarehouseError
from warehouse import functions, publish, reading
from warehouse.models import Model, quote, read_models, run, run_some
from warehouse.reading import Place

_SQL = Path(__file__).parent / "vintages.sql"
_FIGURES = Path(__file__).parent / "observation_digest.sql"
_CUBES = Path(__file__).parent / "cube_vintages.sql"
_CUBE_AS_OF = Path(__file__).parent / "cube_as_of.sql"
_AS_OF = Path(__file__).parent / "as_of.sql"
# Of the rows of a table, written as text in `line`.
DIGEST = "md5(concat_ws(' ', count(*), sum(md5_number_lower(line)), sum(md5_number_upper(line))))"
MADE_OF_THEM = ("mart.superseded", "mart.revision")


def record(
    con: duckdb.DuckDBPyConnection, before: Path, indicators: Collection[str] | None = None
) -> None:
    """Compares the figures just modelled with those of the published file, if there is one.

    Its newest run must be on record in `raw.refresh_run` of both. With `indicators` only theirs
    are compared, and the history of all others is there already.
    """
    if not before.is_file():
        return
    with attached(con, before):
        if not _has_tables(con, "known_since", "release_stage"):
            return
        _run_for(con, _SQL, indicators)
        if _has_tables(con, "cube_since"):
            con.execute(_CUBES.read_text(encoding="utf-8"))
    run_some(con, MADE_OF_THEM)


@contextmanager
def opened_at(
    place: Place, moment: datetime, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A sandboxed connection to a warehouse with the figures that were known at a moment.

    `mart.observation` and `mart.cube` have them, and the tables whose head says `as of: recomputed`
    are made anew of them. All other tables are as they are today: what things are called, who is
    in which network, and the warnings of a figure. Raises WarehouseError where another vintage is
    published meanwhile.
    """
    with place.opened() as con:  # a macro of an attached file does not find its own tables
        vintage = reading.newest(con)
        known = con.execute(_AS_OF.read_text(encoding="utf-8"), [moment]).to_arrow_table()
    with reading.readable(), duckdb.connect(config=publish.IN_MEMORY) as con:
        place.attach(con)
        recomputed = [model for model in read_models() if model.as_of == "recomputed"]
        reading.create_views(con, _tables_as_today(con, recomputed))
        if reading.newest(con) != vintage:
            raise WarehouseError(
                f"{place}: another vintage was published while it was opened; ask again."
            )
        con.register("known", known)
        con.execute("create table mart.observation as from known")
        con.unregister("known")
        con.execute("set variable moment = ?::timestamptz", [moment])
        con.execute("set variable day = ?::date", [moment])
        con.execute(_CUBE_AS_OF.read_text(encoding="utf-8"))
        con.execute(
            "create view raw.reply as select * replace (least(as_of, getvariable('day')) as as_of)"
            " from warehouse.raw.reply"
        )
        for model in recomputed:
            run(con, replace(model, indicator=""))  # in one go: batches are counted in raw tables
        publish.sandbox(con, memory_limit, place.reaches)
        yield con


def _tables_as_today(con: duckdb.DuckDBPyConnection, recomputed: list[Model]) -> list[str]:
    """The tables of `mart` that are not made of figures, and what those that are read besides."""
    read = {name for model in recomputed for name in model.reads}
    made = {"mart.observation", "mart.cube", "raw.reply", *(model.table for model in recomputed)}
    return [
        name
        for name in reading.tables(con)
        if name not in made and (name in read or name.startswith("mart."))
    ]


def digest(
    con: duckdb.DuckDBPyConnection, known: Mapping[str, tuple[int, str]] | None = None
) -> dict[str, tuple[int, str]]:
    """Rows and a digest of each table of `mart`, the same for the same rows in any order.

    It is made of the sum of the hashes of the rows, so that a table of any size needs no sorting
    and no memory (Clarke et al. 2003, "Incremental Multiset Hash Functions", ASIACRYPT, LNCS 2894).
    Those `known` are not worked out again.
    """
    tables = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'mart'"
        " and table_name != 'table_digest' order by table_name"
    ).fetchall()
    return dict(known or {}) | {
        table: con.execute(
            f"select count(*), {DIGEST}"
            f" from (select line::varchar as line from mart.{table} as line)"
        ).fetchall()[0]
        for (table,) in tables
        if table not in (known or {})
    }


def note_figures(
    con: duckdb.DuckDBPyConnection, indicators: Collection[str] | None = None
) -> tuple[int, str]:
    """Rows and digest of `mart.observation`, as `digest` gives them, of sums for each indicator.

    The sums are kept in `raw.observation_digest`; those of `indicators`, or all, are made anew.
    """
    _run_for(con, _FIGURES, indicators)
    [(rows, found)] = con.execute(
        "select coalesce(sum(rows), 0)::bigint, md5(concat_ws(' ', coalesce(sum(rows), 0),"
        " sum(lower_sum), sum(upper_sum))) from raw.observation_digest"
    ).fetchall()
    return rows, found


def _run_for(
    con: duckdb.DuckDBPyConnection, path: Path, indicators: Collection[str] | None
) -> None:
    """Runs a file of SQL for some indicators, or for all."""
    sql = path.read_text(encoding="utf-8")
    functions.make(con, sql)
    listed = None if indicators is None else [*indicators]
    con.execute("set variable indicators = cast(? as varchar[])", [listed])
    con.execute(sql)
    con.execute("reset variable indicators")


def _has_tables(con: duckdb.DuckDBPyConnection, *names: str) -> bool:
    """Whether the attached file was made by code that keeps these tables of vintages."""
    found = con.execute(
        "select count(*) from duckdb_tables() where database_name = 'before'"
        " and table_name in (select unnest(?)) and schema_name in ('raw', 'staging')",
        [[*names]],
    ).fetchone()
    return found == (len(names),)


@contextmanager
def attached(con: duckdb.DuckDBPyConnection, before: Path) -> Iterator[None]:
    """The published file is there as the database `before`."""
    attach = f"attach {quote(str(before))} as before (read_only)"
    publish.when_free(before, lambda: con.execute(attach), publish.PATIENCE)
    try:
        yield
    finally:
        con.execute("detach before")
