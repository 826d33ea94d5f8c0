"""The tables of the warehouse: what they are, and their rows in the order of their key."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import publish
from warehouse.models import read_models
from warehouse.reading import TABLES

ROW_GROUP = 16_384  # rows of which a reader can skip all, where it asks for none of them
_UTC = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class TableColumn:
    """A column: its name, its type in DuckDB, and what it means."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class WarehouseTable:
    """A table: what one row is, its key, its columns and the number of its rows."""

    schema: str
    name: str
    one_row: str
    key: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    rows: int

    @property
    def path(self) -> str:
        """Its file in the published folder."""
        return f"data/{self.name}.parquet"


@dataclass(frozen=True)
class MartMacro:
    """A macro that is read like a table, with its parameters and what its rows are."""

    name: str
    parameters: tuple[str, ...]
    meaning: str


def mart_tables(con: duckdb.DuckDBPyConnection) -> list[WarehouseTable]:
    """Every table of `mart`, by name."""
    return tables_of(con, "mart")


def tables_of(con: duckdb.DuckDBPyConnection, schema: str) -> list[WarehouseTable]:
    """Every table of a schema, by name."""
    columns: dict[str, list[TableColumn]] = {}
    for table, name, kind, meaning in con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where database_name = current_database() and schema_name = ?"
        " order by table_name, column_index",
        [schema],
    ).fetchall():
        columns.setdefault(table, []).append(TableColumn(name, kind, meaning or ""))
    found = con.execute(
        f"select table_name, comment from ({TABLES}) where schema_name = ? order by all", [schema]
    ).fetchall()
    return [
        WarehouseTable(
            schema, name, comment or "", _keys().get(f"{schema}.{name}", ()), tuple(columns[name]),
            _rows(con, schema, name),
        )
        for name, comment in found
    ]  # fmt: skip


def mart_macros(con: duckdb.DuckDBPyConnection) -> list[MartMacro]:
    """Every macro of `mart`, by name."""
    found = con.execute(
        "select function_name, parameters, comment from duckdb_functions()"
        " where database_name = current_database() and schema_name = 'mart'"
        " and function_type = 'table_macro' order by all"
    ).fetchall()
    return [MartMacro(name, tuple(given), " ".join(about.split())) for name, given, about in found]


@cache
def _keys() -> dict[str, tuple[str, ...]]:
    """The key of each table, as the schema declares it or the head of its model.

    The warehouse itself is not asked: a lake and a folder on the web have no keys.
    """
    with duckdb.connect() as con:
        for script in sorted(publish.SCHEMA.glob("*.sql")):
            con.execute(script.read_text(encoding="utf-8"))
        declared = con.execute(
            "select schema_name || '.' || table_name, constraint_column_names"
            " from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    heads = {model.table: model.key for model in read_models()}
    return {name: tuple(key) for name, key in declared} | heads


def _rows(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    [(rows,)] = con.execute(f'select count(*) from {schema}."{name}"').fetchall()
    return int(rows)


def arrow(con: duckdb.DuckDBPyConnection, table: WarehouseTable, vintage: str) -> pa.Table:
    """The rows in the order of the key; comments and key stand in the metadata of the schema.

    Times are in UTC, whatever the machine's zone is.
    """
    order = ", ".join(f'"{name}"' for name in table.key) or "all"
    found = con.execute(f'from {table.schema}."{table.name}" order by {order}').to_arrow_table()
    meaning = {column.name: column.meaning for column in table.columns}
    fields = [
        pa.field(
            field.name,
            _UTC if pa.types.is_timestamp(field.type) and field.type.tz else field.type,
            metadata={"comment": meaning[field.name]},
        )
        for field in found.schema
    ]
    about: dict[bytes | str, bytes | str] = {
        "comment": table.one_row,
        "key": ", ".join(table.key),
        "vintage": vintage,
    }
    return found.cast(pa.schema(fields, metadata=about))


def write_parquet(rows: pa.Table, path: Path) -> None:
    """Writes a file that is the same, byte for byte, for the same rows."""
    pq.write_table(rows, path, compression="zstd", compression_level=9, row_group_size=ROW_GROUP)


def load_script(tables: list[WarehouseTable]) -> str:
    """SQL with which DuckDB reads the files as `mart`: `duckdb -init load.sql` in the folder."""
    lines = ["-- duckdb -init load.sql, in the folder of this file", "create schema mart;"]
    lines += list(_views(tables))
    return "\n".join(lines) + "\n"


def _views(tables: list[WarehouseTable]) -> Iterator[str]:
    for table in tables:
        yield f"create view mart.{table.name} as from '{Path(table.path).name}';"
