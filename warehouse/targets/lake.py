"""Publishes a warehouse file to a lake: what differs, in one snapshot that is named as the vintage.

DuckLake has neither keys nor checks: those of the file hold, and that each table came out with the
rows it has there is looked at before the commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from common.errors import WarehouseError
from warehouse import lake, models, network, publish, reading
from warehouse.models import quote

_DIGESTS = """
    select table_name, digest from {database}.mart.table_digest
    where run_id = (select run_id from {database}.mart.refresh_run order by started_at desc limit 1)
"""
_CATALOGUE = "'__ducklake_metadata_lake'"
_MAY_WRITE = (
    "$$select current_user::text, has_table_privilege('ducklake_snapshot', 'insert')"
    " and current_setting('transaction_read_only') = 'off'$$"
)
# What the parts of each table hold, as published, so that the lake need not be read.
_PARTS = "lake.main.published_part"
_COLUMNS = """
    select
        schema_name || '.' || table_name,
        list(column_name || ' ' || data_type order by column_index)
    from duckdb_columns() where database_name = ? and schema_name in (select unnest(?))
    group by all
"""
# What the comments of the file say that those of the lake do not.
_COMMENTS = """
    with described as (
        select
            database_name, schema_name, table_name,
            'table lake.' || schema_name || '.' || table_name as what, comment
        from duckdb_tables()
        union all
        select
            database_name, schema_name, table_name,
            'column lake.' || schema_name || '.' || table_name || '."' || column_name || '"',
            comment
        from duckdb_columns()
    ),

    in_lake as (from described where database_name = 'lake')

    select what, comment from described
    where database_name = 'warehouse' and comment is not null
    and (schema_name, table_name) in (select (schema_name, table_name) from in_lake)
    except
    select what, comment from in_lake
"""
Parts = dict[str, tuple[int, str]]  # of each the number of rows, and the sum of their hashes


@dataclass(frozen=True)
class _Table:
    """A table to publish; its rows are in parts by `part`, an expression, and sorted by `key`."""

    name: str
    part: str = "''"
    key: str = "all"


class LakeTarget:
    """A lake as a target."""

    def __init__(self, where: str) -> None:
        self.service = lake.service_of(where)

    def vintage(self) -> str | None:
        """The vintage it has, None if nothing was published to it. Raises WarehouseError."""
        with lake.connected() as con, self._attached(con, "read_only"):
            return _in_lake(con)

    def publish(self, file: Path) -> bool:
        """Makes the lake equal to the file in one transaction; returns whether it was not.

        Raises WarehouseError; then the lake is as it was, or what it has is said not to be known.
        """
        with self._beside(file) as con:
            if _is_equal(con):
                return False
            publish.require_right(file)
            _require_may_write(con)
            con.execute("begin")
            _require_known(con)
            _write_what_differs(con)
            publish.require_right(file)
            _commit(con)
        self._require_taken(file)
        return True

    def _require_taken(self, file: Path) -> None:
        """Raises WarehouseError unless the lake has the file's vintage, and nothing else, now.

        The server may have taken a commit that it did not answer.
        """
        try:
            with self._beside(file) as con:
                is_taken = _is_equal(con)
        except WarehouseError as error:
            raise WarehouseError(
                f"lake:{self.service}: not known to be up to date, as it can't be looked at after"
                f" the commit: {error}"
            ) from error
        if not is_taken:
            raise _behind(
                self.service,
                "PostgreSQL did not take the commit: the connection was lost, something else was"
                " written to the lake at the same time, or its log has another reason.",
            )

    @contextmanager
    def _beside(self, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that has the file as `warehouse` and the lake as `lake`."""
        with lake.connected() as con, _room_beside(con, file):
            attached = f"attach {quote(str(file))} as warehouse (read_only)"
            publish.when_free(file, lambda: con.execute(attached), publish.PATIENCE)
            with self._attached(con):
                yield con

    @contextmanager
    def _attached(self, con: duckdb.DuckDBPyConnection, options: str = "") -> Iterator[None]:
        """The lake as `lake`; what is wrong with it in the block is told in one sentence."""
        lake.attach(con, self.service, "lake", options)
        with lake.told(self.service):
            files = lake.data_path(con, "lake")
        with _told(self.service, files):
            lake.reach_store(con, files)
            yield


def _require_may_write(con: duckdb.DuckDBPyConnection) -> None:
    """Raises WarehouseError if the role may only read, before anything is written."""
    [(user, may_write)] = con.execute(f"from postgres_query({_CATALOGUE}, {_MAY_WRITE})").fetchall()
    if not may_write:
        raise WarehouseError(f"PostgreSQL lets {user} read it and not write to it")


def _require_known(con: duckdb.DuckDBPyConnection) -> None:
    """Raises WarehouseError if the lake has a vintage that the file does not carry on from.

    It is asked within the transaction, which conflicts with any other that publishes.
    """
    there, ours = _in_lake(con), _in_file(con)
    known = con.execute("select run_id from warehouse.mart.refresh_run").fetchall()
    if there and (there,) not in known:
        raise WarehouseError(
            f"it has vintage {there}, and this warehouse is of {ours}, which does not carry on from"
            " that. Another home publishes to it, or this one was put back from a copy; publish"
            " from that home, or make another lake for this one"
        )


@contextmanager
def _room_beside(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    """Half of the memory, and for what needs more a folder beside the file, cleared away."""
    con.execute(f"set memory_limit = {quote(publish.share_of_memory(con, 50))}")
    spilled = publish.unfinished(file, "target")
    con.execute(f"set temp_directory = {quote(str(publish.beside(spilled, 'tmp')))}")
    try:
        yield
    finally:
        publish.remove(spilled)


@contextmanager
def _told(service: str, files: str) -> Iterator[None]:
    """Raises what is wrong with a lake, whose files lie in `files`, as a message that names it."""
    try:
        yield
    except (duckdb.Error, WarehouseError) as error:
        if isinstance(error, duckdb.Error):
            cause = network.told(error, lake.store_of(files))
        else:
            cause = f"{str(error).rstrip('.')}."
        raise _behind(service, cause) from error


def _behind(service: str, cause: str) -> WarehouseError:
    """What is said of a lake that is as it was."""
    return WarehouseError(
        f"lake:{service}: not brought up to date: {cause} It is as it was; the next refresh tries"
        " again, also one that finds nothing new."
    )


def _in_lake(con: duckdb.DuckDBPyConnection) -> str | None:
    """The newest vintage that was published to the lake; None if none was."""
    found = lake.newest_vintage(con, "lake")
    return found[0] if found else None


def _in_file(con: duckdb.DuckDBPyConnection) -> str:
    """The newest vintage of the file."""
    return reading.newest(con, f"{reading.ATTACHED}.mart")


def _is_equal(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lake has the vintage of the file, with the same digests, and no one else's."""
    return (
        _in_lake(con) == _in_file(con)
        and _is_ours(con)
        and _digests(con, "lake") == _digests(con, "warehouse")
    )


def _is_ours(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether nobody else wrote to the lake since a vintage was published to it."""
    found = lake.newest_vintage(con, "lake")
    return found is not None and found[1] == lake.newest_snapshot(con, "lake")


def _write_what_differs(con: duckdb.DuckDBPyConnection) -> None:
    """Writes what differs, in a transaction that was begun."""
    for schema in reading.SCHEMAS:
        con.execute(f"create schema if not exists lake.{schema}")
    before, now = _columns(con, "lake"), _to_publish(con)
    is_ours = _is_ours(con)
    recorded = _recorded(con) if is_ours else {}
    same_rows = _unchanged(con) if is_ours else set()
    held: dict[str, Parts] = {}
    for table in _tables(con):
        name, known = table.name, None
        if now[name] == before.get(name):
            known = recorded.get(name, {}) if is_ours else _parts(con, "lake", table)
        is_same = known is not None and name in same_rows
        held[name] = known if known is not None and is_same else _write(con, table, known)
    for name in before.keys() - now.keys():
        con.execute(f"drop table lake.{name}")
    _record(con, held)
    for described, comment in con.execute(_COMMENTS).fetchall():
        con.execute(f"comment on {described} is {quote(comment)}")
    message = f"{lake.VINTAGE}{_in_file(con)}"
    after = f"{lake.AFTER}{lake.newest_snapshot(con, 'lake')}"
    con.execute(
        "call lake.set_commit_message('digidistrikt', ?, extra_info => ?)", [message, after]
    )


def _commit(con: duckdb.DuckDBPyConnection) -> None:
    """Commits, or not: that is looked at in the lake, for the server's answer may be lost.

    DuckLake takes that for a failure and removes the files it wrote, which the catalogue may name
    by then: so files are out of its reach. Those of a commit that failed are named by no snapshot.
    """
    con.execute("set disabled_filesystems = 'LocalFileSystem,S3FileSystem'")
    with suppress(duckdb.Error):
        con.execute("commit")


def _tables(con: duckdb.DuckDBPyConnection) -> Iterator[_Table]:
    """The tables of the file; those of `mart` rest on the others, and so do its macros."""
    heads = {model.table: model for model in models.read_models()}
    for name in sorted(_to_publish(con)):
        head = heads.get(name)
        key = ", ".join(f'"{column}"' for column in head.key) if head else ""
        yield _Table(name, (head and head.indicator) or "''", key or "all")


def _digests(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    """The digest of each table of `mart` in the newest vintage; nothing where there is none."""
    if "mart.table_digest" not in _columns(con, database):
        return {}
    return dict(con.execute(_DIGESTS.format(database=database)).fetchall())


def _unchanged(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables of `mart` that have the digest they have in the lake."""
    before, now = _digests(con, "lake"), _digests(con, "warehouse")
    return {f"mart.{table}" for table in now if now[table] == before.get(table)}


def _columns(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """The columns of each table of an attached database, with their types."""
    return dict(con.execute(_COLUMNS, [database, [*reading.SCHEMAS]]).fetchall())


def _to_publish(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The tables of the file that Parquet can hold, with their columns.

    It has no integers of 128 bits and would round them: sums of hashes, which only a build uses.
    """
    found = _columns(con, "warehouse")
    return {
        name: columns
        for name, columns in found.items()
        if name.startswith("mart.") or not any(each.endswith("HUGEINT") for each in columns)
    }


def _write(con: duckdb.DuckDBPyConnection, table: _Table, known: Parts | None) -> Parts:
    """Writes the parts of a table that are not `known` in the lake, or all if most are not.

    Returns its parts. Raises WarehouseError if it came out as another.
    """
    name, order = table.name, f"order by {table.key}"
    now = _parts(con, "warehouse", table)
    if known is None:
        changed = [*now]
    else:
        changed = [part for part in {**known, **now} if known.get(part) != now.get(part)]
        if not changed:
            return now
    if known is None or 2 * len(changed) > len(now):
        con.execute(f"create or replace table lake.{name} as from warehouse.{name} {order}")
    else:
        rows = f"{name} where {table.part} in (select unnest(?))"
        con.execute(f"delete from lake.{rows}", [changed])
        con.execute(f"insert into lake.{name} from warehouse.{rows} {order}", [changed])
    if _parts(con, "lake", table) != now:
        raise WarehouseError(f"{name} did not come out in the lake as it is in the file")
    return now


def _parts(con: duckdb.DuckDBPyConnection, database: str, table: _Table) -> Parts:
    """Rows and sum of hashes of each part; other versions of DuckDB may have other hashes."""
    found = con.execute(
        f"select {table.part} as part, count(*), sum(hash(line::varchar))::varchar"
        f" from {database}.{table.name} as line group by part"
    ).fetchall()
    return {part: (rows, digest) for part, rows, digest in found}


def _recorded(con: duckdb.DuckDBPyConnection) -> dict[str, Parts]:
    """The parts of each table that the lake has, as they were put on record."""
    found: dict[str, Parts] = {}
    for name, part, rows, digest in con.execute(f"from {_PARTS}").fetchall():
        found.setdefault(name, {})[part] = (rows, digest)
    return found


def _record(con: duckdb.DuckDBPyConnection, held: dict[str, Parts]) -> None:
    """Puts on record what each table holds now, in one file."""
    con.execute(
        "create temp table held (table_name varchar, part varchar, rows bigint, digest varchar)"
    )
    lines = [(name, part, *each) for name, parts in held.items() for part, each in parts.items()]
    con.executemany("insert into held values (?, ?, ?, ?)", lines)
    con.execute(f"create or replace table {_PARTS} as from held")
