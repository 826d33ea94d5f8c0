"""A whole refresh from the recordings, and what the researcher asks of it."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.settings import Settings
from warehouse import publish
from warehouse.errors import LockedError, WarehouseError


@pytest.fixture
def settings(built: Settings) -> Settings:
    return built


def answer(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with publish.reading(settings.warehouse) as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize(
    ("year", "published"), [("2024", 5550203), ("2025", 5594340), ("2026", 5627400)]
)
def test_all_municipalities_together_have_the_people_ssb_says_norway_has(
    settings: Settings, year: str, published: int
) -> None:
    query = (
        "select count(*), sum(value) from mart.observation"
        f" where indicator_id = 'population' and period = '{year}'"
    )
    assert answer(settings, query) == [(357, published)]


def test_a_zero_that_ssb_gives_for_missing_is_missing_with_its_reason(settings: Settings) -> None:
    query = (
        "select value, missing_reason from mart.observation where indicator_id = 'population'"
        " and municipality_code = '5055' and period = '2010'"
    )
    [(value, reason)] = answer(settings, query)
    assert value is None
    assert "0 means missing" in str(reason)


def test_a_figure_leads_back_to_its_reply_and_the_stored_body(settings: Settings) -> None:
    query = (
        "select reply.sha256 from mart.observation as o, unnest(o.reply_ids) as u (reply_id)"
        " join mart.reply as reply using (reply_id)"
        " where o.indicator_id = 'nurses_fte' and o.municipality_code = '1804'"
    )
    hashes = answer(settings, query)
    assert hashes
    for (sha256,) in hashes:
        assert (settings.home / "replies" / str(sha256)[:2] / f"{sha256}.gz").is_file()


def test_sql_imports_no_prefect(settings: Settings) -> None:
    code = (
        "import sys; from flows.cli import app; "
        f"app(['sql', 'select 42', '--home', {str(settings.home)!r}], standalone_mode=False); "
        "sys.exit('prefect' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["42", "42"])


def test_the_sql_connection_can_not_write_or_read_other_files(settings: Settings) -> None:
    with publish.reading(settings.warehouse) as con, pytest.raises(duckdb.Error):
        con.execute("create table mart.x as select 1")
    with publish.reading(settings.warehouse) as con, pytest.raises(duckdb.Error):
        con.execute("from read_csv('/etc/passwd')")


def test_a_build_that_fails_leaves_the_old_warehouse(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with publish.build(path) as con:
        con.execute("create table mart.kept as select 1 as x")
    with pytest.raises(WarehouseError, match="broken"), publish.build(path):
        raise WarehouseError("broken")
    with publish.reading(path) as con:
        assert con.execute("from mart.kept").fetchall() == [(1,)]


def test_a_second_writer_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with (
        publish.sole_writer(path),
        pytest.raises(LockedError, match="another refresh"),
        publish.sole_writer(path),
    ):
        pass
