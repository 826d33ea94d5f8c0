"""One declared shape: what sources bring is what the raw tables hold, with its types and keys."""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from common.errors import ChecksFailedError, WarehouseError
from sources import frames
from sources.catalogue import raw
from sources.frames import frame, shape
from warehouse import load
from warehouse.publish import SCHEMA

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]

SHAPES = frames.SHAPES | raw.SHAPES
KINDS = {
    pa.list_(pa.int32()): "INTEGER[]",
    pa.list_(pa.string()): "VARCHAR[]",
    pa.map_(pa.string(), pa.string()): "MAP(VARCHAR, VARCHAR)",
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.int32(): "INTEGER",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}


@pytest.fixture
def con() -> Iterator[Connection]:
    """A raw schema with one table of a made-up shape."""
    made_up = shape(
        "a made-up place",
        key=("code",),
        may_be_null=("people",),
        code=pa.string(),
        people=pa.int32(),
    )
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        load.create(connection, "place", made_up)
        yield connection


# --- the real tables ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHAPES)
def test_a_raw_table_has_the_columns_types_and_nulls_of_its_shape(ask: Ask, name: str) -> None:
    columns = ask(
        "select column_name, data_type, is_nullable from duckdb_columns()"
        " where schema_name = 'raw' and table_name = ? order by column_index",
        name,
    )
    assert columns == [(c.name, KINDS[c.type], c.nullable) for c in SHAPES[name]]


@pytest.mark.parametrize("name", SHAPES)
def test_a_raw_table_has_the_key_and_the_comment_of_its_shape(ask: Ask, name: str) -> None:
    about = SHAPES[name].metadata or {}
    keys = ask(
        "select array_to_string(constraint_column_names, ', ') from duckdb_constraints()"
        " where schema_name = 'raw' and table_name = ? and constraint_type = 'PRIMARY KEY'",
        name,
    )
    key = about[b"key"].decode()
    assert keys == ([(key,)] if key else [])
    assert ask(
        "select comment from duckdb_tables() where schema_name = 'raw' and table_name = ?", name
    ) == [(about[b"one_row"].decode(),)]


def test_no_shape_is_declared_a_second_time_in_the_schema_files() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in SCHEMA.glob("*.sql"))
    assert [name for name in SHAPES if f"create table raw.{name} " in written] == []


def test_every_raw_table_says_what_one_row_is(ask: Ask) -> None:
    bare = ask(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
        " and coalesce(comment, '') = ''"
    )
    assert bare == []


def test_the_columns_of_a_register_have_the_comments_of_its_shape(ask: Ask) -> None:
    [(comment,)] = ask(
        "select comment from duckdb_columns() where schema_name = 'raw'"
        " and table_name = 'network_membership' and column_name = 'basis'"
    )
    assert comment == "what the membership rests on"


def test_a_frame_refuses_a_row_of_another_type() -> None:
    with pytest.raises(Exception, match=r"rows for raw.klass_code do not have its shape"):
        frame("klass_code", [{"code": 301, "name": "Oslo", "valid_on": None, "reply_id": "x"}])


# --- what a table refuses ----------------------------------------------------------------------


def test_rows_are_put_in_by_the_names_of_their_columns(con: Connection) -> None:
    load.insert(con, "place", pa.table({"people": pa.array([7], pa.int32()), "code": ["0301"]}))
    load.insert(con, "place", pa.table({"code": ["1101"]}))
    assert con.execute("from raw.place order by code").fetchall() == [("0301", 7), ("1101", None)]


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ({"code": ["0301", "0301"]}, ChecksFailedError, "0301"),
        ({"code": pa.array([None], pa.string())}, ChecksFailedError, "NOT NULL"),
        ({"code": ["0301"], "people": ["seven"]}, WarehouseError, "seven"),
        ({"code": ["0301"], "area": [1.0]}, WarehouseError, "area"),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_the_name_of_their_table(
    con: Connection, rows: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        load.insert(con, "place", pa.table(rows))
    assert str(caught.value).startswith("raw.place: ")
    assert said in str(caught.value)
    assert con.execute("select count(*) from raw.place").fetchall() == [(0,)]


def test_rows_are_not_held_in_memory_once_they_are_loaded_though_their_table_is_not_whole(
    con: Connection,
) -> None:
    before = pa.total_allocated_bytes()
    con.begin()
    for reply in range(3):
        codes = pa.array([f"{number:09}" for number in range(reply * 20_000, (reply + 1) * 20_000)])
        load.insert(con, "place", pa.table({"people": pa.nulls(20_000, pa.int32()), "code": codes}))
        assert codes.nbytes > 150_000
        del codes
        assert pa.total_allocated_bytes() < before + 150_000
    con.commit()
    assert con.execute("select count(*) from raw.place").fetchall() == [(60_000,)]
