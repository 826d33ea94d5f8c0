"""Puts tidy frames into the raw tables. The raw schema's keys and types judge them."""

import duckdb
import pyarrow as pa

from warehouse.errors import WarehouseError
from warehouse.models import quote


def insert(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Adds rows to `raw.<name>` by column name. Raises WarehouseError if they do not fit."""
    con.register("incoming", rows)
    try:
        con.execute(f"insert into raw.{name} by name select * from incoming")
    except duckdb.Error as error:
        raise WarehouseError(f"raw.{name}: what was read does not fit: {error}") from error
    finally:
        con.unregister("incoming")


def create(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Makes `raw.<name>` of a register, with the comments its schema carries."""
    con.register("incoming", rows)
    con.execute(f"create table raw.{name} as select * from incoming")
    con.unregister("incoming")
    about = rows.schema.metadata or {}
    con.execute(f"comment on table raw.{name} is {quote(_text(about.get(b'one_row')))}")
    for column in rows.schema:
        note = (column.metadata or {}).get(b"comment")
        con.execute(f'comment on column raw.{name}."{column.name}" is {quote(_text(note))}')


def _text(value: bytes | None) -> str:
    return value.decode() if value else ""
