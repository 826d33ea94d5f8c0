"""The warehouse as files that are asked over the web: Parquet, and views and macros over it.

A reader opens `warehouse/digidistrikt.duckdb`, some 0.3 MB, and DuckDB fetches of each table what a
query needs. The tables lie in a folder that is named after the vintage: whoever has an older one
open is told that its files are gone, and is never given figures of two vintages.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from publication import tables
from publication.bundle import Bundle
from publication.tables import WarehouseTable
from warehouse.models import quote, run_all_macros
from warehouse.reading import SCHEMAS
from warehouse.web import PATH, VARIABLE

FOLDER, NAME = Path(PATH).parent, Path(PATH).name
# Stands for the address in what DuckDB says of a file that is not there.
_UNKNOWN = f"first: set variable {VARIABLE} = 'address of the published folder'"


def write(bundle: Bundle, folder: Path, url: str) -> None:
    """Writes every table of the warehouse, also those that macros rest on, and the file over them.

    Those of `mart` are in the folder already, each with its own file. `url` is the address
    under which `folder` will be served; empty where nobody knows it yet. Raises OSError.
    """
    place = folder / FOLDER / bundle.vintage
    place.mkdir(parents=True)
    found = list(_all_tables(bundle.con))
    for table in found:
        if table.schema == "mart":
            shutil.copyfile(folder / table.path, place / _file(table))
        else:
            rows = tables.arrow(bundle.con, table, bundle.vintage)
            tables.write_parquet(rows, place / _file(table))
    try:
        _write_views(found, folder, url, bundle.vintage)
    except duckdb.IOException as error:
        raise OSError(str(error)) from error


def _write_views(found: list[WarehouseTable], folder: Path, url: str, vintage: str) -> None:
    with duckdb.connect(str(folder / FOLDER / NAME)) as con:
        con.execute(f"set variable {VARIABLE} = {quote(str(folder))}")
        for schema in sorted({table.schema for table in found}):
            con.execute(f"create schema {schema}")
        for table in found:
            _create_view(con, table, _address(url, vintage, table))
        run_all_macros(con)


def _all_tables(con: duckdb.DuckDBPyConnection) -> Iterator[WarehouseTable]:
    for schema in SCHEMAS:
        yield from tables.tables_of(con, schema)


def _file(table: WarehouseTable) -> str:
    return f"{table.schema}.{table.name}.parquet"


def _address(url: str, vintage: str, table: WarehouseTable) -> str:
    """SQL for where a table lies: below what the reader says, else below `url`."""
    base = quote(url.rstrip("/") or _UNKNOWN)
    path = f"/{FOLDER}/{vintage}/{_file(table)}"
    return f"coalesce(getvariable('{VARIABLE}'), {base}) || {quote(path)}"


def _create_view(con: duckdb.DuckDBPyConnection, table: WarehouseTable, address: str) -> None:
    """A view over a file, with the comments of the table."""
    view = f'{table.schema}."{table.name}"'
    con.execute(f"create view {view} as from read_parquet({address})")
    con.execute(f"comment on view {view} is {quote(table.one_row)}")
    for column in table.columns:
        con.execute(f'comment on column {view}."{column.name}" is {quote(column.meaning)}')
