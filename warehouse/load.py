"""Makes the raw tables and puts what sources bring into them. Their keys and types judge it."""

import duckdb
import pyarrow as pa

from common.errors import ChecksFailedError, WarehouseError
from warehouse.models import quote


def create(con: duckdb.DuckDBPyConnection, name: str, shape: pa.Schema) -> None:
    """Makes the empty table `raw.<name>` of a shape that sources declare.

    Its metadata `one_row` becomes the table's comment, `comment` of a field that of a column, and
    `key` the primary key, where all its columns are declared never to be NULL.
    """
    con.register("declared", shape.empty_table())
    kinds = dict(con.execute("select column_name, column_type from (describe declared)").fetchall())
    con.unregister("declared")
    about = {key.decode(): value.decode() for key, value in (shape.metadata or {}).items()}
    parts = [
        f'"{column.name}" {kinds[column.name]}{"" if column.nullable else " not null"}'
        for column in shape
    ]
    key = [name for name in about.get("key", "").split(", ") if name]
    if key and not any(shape.field(name).nullable for name in key):
        parts.append(f"primary key ({', '.join(key)})")
    con.execute(f"create table raw.{name} ({', '.join(parts)})")
    con.execute(f"comment on table raw.{name} is {quote(about.get('one_row', ''))}")
    for column in shape:
        if note := (column.metadata or {}).get(b"comment"):
            con.execute(f'comment on column raw.{name}."{column.name}" is {quote(note.decode())}')


def insert(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Adds rows to `raw.<name>` by column name.

    Raises ChecksFailedError for a key that is repeated or a value that must not be NULL,
    WarehouseError for columns that do not fit.
    """
    try:
        # By the name of the variable: what is registered is held until the transaction ends.
        con.execute(f"insert into raw.{name} by name select * from rows")
    except duckdb.ConstraintException as error:
        raise ChecksFailedError(f"raw.{name}: the rows read break its rules: {error}") from error
    except duckdb.Error as error:
        raise WarehouseError(f"raw.{name}: what was read does not fit: {error}") from error
