"""Names that people filter by: in Norwegian, with the official ones beside them."""

import duckdb
import pytest

from flows.settings import Settings
from warehouse import publish


@pytest.fixture(scope="module")
def con(built: Settings) -> duckdb.DuckDBPyConnection:
    with publish.reading(built.warehouse) as con:
        yield con


def test_a_municipality_of_several_languages_goes_by_its_norwegian_name(
    con: duckdb.DuckDBPyConnection,
) -> None:
    names = dict(
        con.execute(
            "select official_name, municipality_name from mart.municipality"
            " where official_name <> municipality_name"
        ).fetchall()
    )
    assert len(names) == 29
    assert names["Rana - Raane"] == "Rana"
    assert names["Guovdageaidnu - Kautokeino"] == "Kautokeino"  # the Sami name stands first
    assert names["Gáivuotna - Kåfjord - Kaivuono"] == "Kåfjord"
    assert names["Snåase - Snåsa"] == "Snåsa"
    assert all(short in long.split(" - ") for long, short in names.items())


def test_a_county_goes_by_its_norwegian_name(con: duckdb.DuckDBPyConnection) -> None:
    counties = dict(
        con.execute(
            "select distinct county_official_name, county_name from mart.municipality"
        ).fetchall()
    )
    assert len(counties) == 15
    assert counties["Finnmark - Finnmárku - Finmarkku"] == "Finnmark"
    assert counties["Vestland"] == "Vestland"


def test_one_name_of_a_municipality_in_every_table(con: duckdb.DuckDBPyConnection) -> None:
    tables = con.execute(
        "select table_name from duckdb_columns() where schema_name = 'mart'"
        " and column_name = 'municipality_name' and table_name in"
        " (select table_name from duckdb_columns() where schema_name = 'mart'"
        "  and column_name = 'municipality_code')"
    ).fetchall()
    assert len(tables) > 10
    for (table,) in tables:
        other = con.execute(
            f"select distinct own.municipality_name from mart.{table} as own"
            " inner join mart.municipality as today using (municipality_code)"
            " where own.municipality_name <> today.municipality_name"
        ).fetchall()
        assert other == [], table
