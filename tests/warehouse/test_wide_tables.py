"""Which indicators are columns of the wide tables: all but those whose entry says `wide: false`."""

import shutil
from pathlib import Path

import duckdb

from flows.settings import Settings
from warehouse import models

WIDE = ["mart.case_candidate", "mart.municipality_year"]


def columns(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {name for name, *_ in con.execute(f"describe {table}").fetchall()}


def test_an_indicator_that_is_not_to_be_wide_is_in_the_long_tables_alone(
    small_home: Settings, tmp_path: Path
) -> None:
    with duckdb.connect(str(shutil.copy(small_home.warehouse, tmp_path))) as con:
        before = {table: columns(con, table) for table in WIDE}
        assert all("nurses_fte" in found for found in before.values())
        con.execute("update raw.indicator set wide = false where indicator_id = 'nurses_fte'")
        models.run_some(con, WIDE)
        for table in WIDE:
            lost = before[table] - columns(con, table)
            assert "nurses_fte" in lost
            assert all(name.startswith("nurses_fte") for name in lost)
            assert "nurses_fte_per_1000" in columns(con, table)
        [(figures,)] = con.execute(
            "select count(*) from mart.observation where indicator_id = 'nurses_fte'"
        ).fetchall()
        assert figures > 500
