"""The key of a table that is made in batches is checked in each batch."""

from pathlib import Path

import duckdb
import pytest

from common.errors import ChecksFailedError
from warehouse import models

MODEL = """-- one row: a figure
-- key: indicator_id, period
-- indicator of a row: indicator_id
-- indicator_id: made up
-- period: made up
select indicator_id, period
from raw.observation
where is_wanted(indicator_id)
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> models.Model:
    monkeypatch.setattr(models, "BATCH", 2)
    folder = tmp_path / "3_mart"
    folder.mkdir()
    (folder / "10_figure.sql").write_text(MODEL, encoding="utf-8")
    return models.read_model(folder / "10_figure.sql")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    con.execute(
        "create table raw.indicator as select unnest(['made_up_a', 'made_up_b', 'made_up_c'])"
        " as indicator_id, null::varchar as numerator, null::varchar as denominator"
    )
    con.execute(
        "create table raw.observation as select indicator_id, unnest(['2025', '2026']) as period"
        " from raw.indicator"
    )
    return con


def test_a_table_in_batches_has_the_rows_of_all(
    con: duckdb.DuckDBPyConnection, model: models.Model
) -> None:
    assert len(models.batches(con)) == 3
    assert models.run(con, model) == 6
    assert con.execute("from mart.figure order by all").fetchall() == (
        con.execute("from raw.observation order by all").fetchall()
    )


@pytest.mark.parametrize("indicator", ["made_up_a", "made_up_b", "made_up_c"])
def test_a_key_that_is_there_twice_is_found_in_whatever_batch_it_is(
    con: duckdb.DuckDBPyConnection, model: models.Model, indicator: str
) -> None:
    con.execute("insert into raw.observation values (?, '2026')", [indicator])
    with pytest.raises(ChecksFailedError, match=rf"\('{indicator}', '2026'\) is not"):
        models.run(con, model)
    assert con.execute("select getvariable('indicators')").fetchone() == (None,)


def test_a_key_that_is_there_twice_is_found_when_some_indicators_are_made_anew(
    con: duckdb.DuckDBPyConnection, model: models.Model
) -> None:
    models.run(con, model)
    con.execute("insert into raw.observation values ('made_up_b', '2026')")
    models.renew(con, model, ["made_up_a"])
    with pytest.raises(ChecksFailedError, match="'made_up_b', '2026'"):
        models.renew(con, model, ["made_up_b"])
