"""The warehouse as files over the web: every table and macro says what the warehouse says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.settings import Settings
from publication import remote
from publication.bundle import Imprint, read
from warehouse import publish as warehouse
from warehouse.web import VARIABLE

_DIGEST = "select count(*), sum(md5_number_lower(row::varchar)) from (from {}) as row"
_QUERIES = [
    "select * from mart.series('population', 2019) order by all",
    "from mart.aggregate('population', 'county', 2026) order by all",
    "from mart.peers('1812', 5)",
    "from mart.observation_as_of(now()) order by all limit 1000",
    "select count(*) from mart.changes_between('2024-01-01'::timestamptz, now())",
]


@contextmanager
def _opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(f"attach '{folder / remote.FOLDER / remote.NAME}' as published (read_only)")
        con.execute("use published")
        yield con


@pytest.fixture(scope="module")
def pair(
    published: Path, small_home: Settings
) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    with warehouse.reading(small_home.warehouse) as ours, _opened(published) as theirs:
        theirs.execute(f"set variable {VARIABLE} = '{published}'")
        yield ours, theirs


Pair = tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]


def test_every_table_of_the_warehouse_has_the_same_rows_and_columns(pair: Pair) -> None:
    tables = pair[0].execute("select schema_name || '.' || table_name from duckdb_tables()")
    names = [name for (name,) in tables.fetchall()]
    assert {"mart.observation", "core.crosswalk", "raw.observation"} < set(names)
    for name in names:
        ours, theirs = (
            [con.execute(text).fetchall() for text in (_DIGEST.format(name), f"describe {name}")]
            for con in pair
        )
        assert theirs[0] == ours[0], name
        assert [row[:2] for row in theirs[1]] == [row[:2] for row in ours[1]], name


def test_tables_and_columns_have_their_comments(pair: Pair) -> None:
    of_view = (
        "select comment from duckdb_views() where schema_name = 'mart' and view_name = 'network'"
    )
    of_columns = (
        "select table_name, column_name, comment from duckdb_columns()"
        " where schema_name = 'mart' order by all"
    )
    ours, theirs = (con.execute(of_columns).fetchall() for con in pair)
    assert theirs == ours
    assert ("observation", "value") in {row[:2] for row in ours if row[2]}
    [(comment,)] = pair[1].execute(of_view).fetchall()
    assert comment


@pytest.mark.parametrize("query", _QUERIES)
def test_macros_answer_as_in_the_warehouse(pair: Pair, query: str) -> None:
    ours, theirs = (_rows(con, query) for con in pair)
    assert theirs == ours


def test_every_macro_is_there(pair: Pair) -> None:
    named = (
        "select distinct schema_name, function_name from duckdb_functions()"
        " where schema_name in ('core', 'mart') order by all"
    )
    ours, theirs = (con.execute(named).fetchall() for con in pair)
    assert theirs == ours != []


def test_who_does_not_say_where_the_folder_is_is_asked_to(
    published: Path, small_home: Settings, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(published / "data")
    with warehouse.reading(small_home.warehouse) as con:
        remote.write(read(con), tmp_path, Imprint().url)
    with _opened(tmp_path) as con, pytest.raises(duckdb.Error, match="set variable digidistrikt"):
        con.execute("from mart.municipality")


def test_another_vintage_put_in_its_place_is_an_error_and_no_mixture(
    published: Path, tmp_path: Path
) -> None:
    (tmp_path / "old").symlink_to(published)
    with _opened(tmp_path / "old") as con:
        con.execute(f"set variable {VARIABLE} = '{tmp_path / 'new'}'")
        (tmp_path / "new" / remote.FOLDER / "20990101T000000Z-0000").mkdir(parents=True)
        with pytest.raises(duckdb.IOException, match="No files found"):
            con.execute("from mart.municipality")


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    found = con.execute(query).fetchall()
    assert found
    return found
