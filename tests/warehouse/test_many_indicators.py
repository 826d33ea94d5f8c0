"""More indicators than the catalogue has, on the real map: memory and the same digits."""

import shutil
from pathlib import Path

import duckdb
import pytest

from flows.settings import Settings
from warehouse import models, vintages

MORE = 27
# Each a copy of the population in fractions, so that sums have last digits to differ in.
COPIES = f"""
create temp table made_up as select 'made_up_' || n as id, n from range({MORE}) as numbers (n);
insert into raw.indicator
select indicator.* replace (id as indicator_id)
from raw.indicator as indicator cross join made_up where indicator_id = 'population';
insert into raw.indicator_origin
select origin.* replace (id as indicator_id)
from raw.indicator_origin as origin cross join made_up where indicator_id = 'population';
insert into raw.observation
select observation.* replace (id as indicator_id, value * (1 + n / 7) as value)
from raw.observation as observation cross join made_up where indicator_id = 'population';
"""
REBUILT = {"staging.observation", "core.published_series", "core.observation_reported"}


def figures(warehouse: Path, threads: int) -> tuple[int, str]:
    """Rows and digest of mart.observation, modelled in two gigabytes."""
    with duckdb.connect(
        str(warehouse), config={"threads": threads, "memory_limit": "2GB", "temp_directory": ""}
    ) as con:
        # as a build does: a macro read back from a file has lost what is to be materialized
        for path in sorted(models.MODELS.glob("*/*.macro.sql")):
            models.run_macros(con, path)
        models.run_some(con, {*REBUILT, "mart.observation"})
        return vintages.digest(con)["observation"]


@pytest.fixture
def warehouse(built: Settings, tmp_path: Path) -> Path:
    """A copy of the real warehouse with half a million figures more."""
    path = Path(shutil.copy(built.warehouse, tmp_path))
    with duckdb.connect(str(path)) as con:
        con.execute(COPIES)
    return path


@pytest.mark.thorough
def test_many_indicators_fit_in_two_gigabytes_and_are_the_same_with_any_number_of_threads(
    warehouse: Path,
) -> None:
    one = figures(warehouse, threads=1)
    assert one[0] > 400_000
    assert {figures(warehouse, threads=number) for number in (2, 8)} == {one}


@pytest.mark.thorough
def test_indicators_that_are_modelled_in_batches_are_the_same_as_all_at_once(
    built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(built.warehouse, tmp_path))
    at_once = figures(path, threads=2)
    monkeypatch.setattr(models, "BATCH", 100_000)
    with duckdb.connect(str(path), read_only=True) as con:
        [(indicators,)] = con.execute("select count(*) from raw.indicator").fetchall()
        assert 3 < len(models.batches(con)) < indicators / 3
    assert figures(path, threads=2) == at_once


def test_indicators_without_a_figure_are_in_a_batch_too() -> None:
    with duckdb.connect() as con:
        con.execute("create schema raw")
        con.execute("create table raw.observation (indicator_id varchar)")
        con.execute(
            "create table raw.indicator as select unnest(['made_up_a', 'made_up_b'])"
            " as indicator_id, null::varchar as numerator, null::varchar as denominator"
        )
        assert models.batches(con) == [["made_up_a", "made_up_b"]]
        con.execute("delete from raw.indicator")
        assert models.batches(con) == []
