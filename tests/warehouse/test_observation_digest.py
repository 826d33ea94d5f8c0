"""The digest of the figures, made of sums for each indicator, is that of the whole table."""

import shutil
from pathlib import Path

import duckdb

from flows.settings import Settings
from warehouse import vintages


def test_the_digest_of_figures_made_by_indicator_is_that_of_the_table(
    small_home: Settings, tmp_path: Path
) -> None:
    path = Path(shutil.copy(small_home.warehouse, tmp_path))
    with duckdb.connect(str(path)) as con:
        published = vintages.digest(con)["observation"]
        assert published[0] > 1000
        assert vintages.note_figures(con) == published

        con.execute(
            "update mart.observation set value = value + 1 where indicator_id = 'population'"
        )
        revised = vintages.digest(con)["observation"]
        assert vintages.note_figures(con, []) == published != revised
        assert vintages.note_figures(con, ["population"]) == revised

        con.execute("delete from mart.observation")
        assert vintages.note_figures(con) == vintages.digest(con)["observation"]
        assert vintages.note_figures(con)[0] == 0
