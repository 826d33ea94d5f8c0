"""A warehouse is read alike wherever it lies: in a file, or attached from another place."""

from pathlib import Path

import pytest

import digidistrikt as dd
from common.errors import WarehouseError
from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import publish, reading, vintages
from warehouse.reading import WarehouseFile

_MACROS = (
    "from mart.series('nurses_fte', 2019) order by all",
    "from mart.peers('1804', 5) order by all",
    "from mart.observation_as_of(now()) order by all",
)
_COMMENTS = (
    "from duckdb_columns() where database_name = current_database() and schema_name = 'mart'"
)


def test_views_over_an_attached_warehouse_hold_what_its_file_holds(small_home: Settings) -> None:
    place = WarehouseFile(small_home.warehouse)
    columns = f"select table_name, column_name, data_type, comment {_COMMENTS} order by all"
    with publish.reading(small_home.warehouse) as file, reading.opened_over(place) as views:
        assert views.execute(columns).fetchall() == file.execute(columns).fetchall()
        for (table,) in file.execute("select table_name from mart.table_digest").fetchall():
            query = f"from mart.{table} order by all"
            assert views.execute(query).fetchall() == file.execute(query).fetchall(), table
        for query in _MACROS:
            assert views.execute(query).fetchall() == file.execute(query).fetchall(), query


def test_a_query_on_an_attached_warehouse_reaches_no_file(
    small_home: Settings, tmp_path: Path
) -> None:
    with reading.opened_over(WarehouseFile(small_home.warehouse)) as con:
        for query in (
            f"copy mart.network to '{tmp_path / 'network.csv'}'",
            f"attach '{small_home.warehouse}' as again",
            "set enable_external_access = true",
            "from read_text('/etc/hostname')",
        ):
            with pytest.raises(Exception, match=r"disabled|locked"):
                con.execute(query)
    assert not list(tmp_path.iterdir())


def test_what_is_known_of_an_earlier_moment_has_its_comments_too(small_home: Settings) -> None:
    with publish.reading(small_home.warehouse) as con:
        [(moment,)] = con.execute("select max(started_at) from mart.refresh_run").fetchall()
    place = WarehouseFile(small_home.warehouse)
    query = f"select count(distinct table_name) {_COMMENTS} and comment is not null"
    with publish.reading(small_home.warehouse) as now:
        with vintages.opened_at(place, moment) as then:
            found = then.execute(query).fetchall()
        tables = now.execute("select distinct table_name from mart.table_digest").fetchall()
    assert found[0][0] >= len(tables) - 2  # mart.observation and mart.cube are made of several


def test_a_command_reads_the_file_it_is_given_and_not_that_of_the_home(
    small_home: Settings, tmp_path: Path
) -> None:
    query = ("sql", "select count(*) as figures from mart.observation", "--format", "csv")
    at_home = digidistrikt(*query, home=small_home.home)
    elsewhere = digidistrikt(*query, "--warehouse", small_home.warehouse, home=tmp_path)
    settings = {
        "DIGIDISTRIKT_HOME": str(tmp_path),
        "DIGIDISTRIKT_WAREHOUSE": str(small_home.warehouse),
    }
    by_setting = digidistrikt(*query, home=None, env=settings)
    assert at_home.stdout == elsewhere.stdout == by_setting.stdout
    assert int(at_home.stdout.split()[1]) > 1000


def test_every_command_that_lists_or_describes_tables_finds_them_elsewhere(
    small_home: Settings, tmp_path: Path
) -> None:
    for words in (["describe"], ["describe", "network"], ["catalog"], ["networks"], ["status"]):
        found = digidistrikt(*words, "--warehouse", small_home.warehouse, home=tmp_path)
        assert found.stdout == digidistrikt(*words, home=small_home.home).stdout, words
        assert found.returncode == 0


def test_python_opens_the_place_it_is_given(small_home: Settings, tmp_path: Path) -> None:
    with (
        dd.open(tmp_path, warehouse=str(small_home.warehouse)) as elsewhere,
        dd.open(small_home.home) as at_home,
    ):
        assert elsewhere.vintage == at_home.vintage
        assert elsewhere.as_of(at_home.vintage).table("network").equals(at_home.table("network"))


def test_a_place_without_a_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="there is no warehouse"):
        dd.open(warehouse=str(tmp_path / "none.duckdb"))


def test_a_relative_file_in_the_settings_lies_beside_them(
    small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.duckdb").symlink_to(small_home.warehouse)
    settings = tmp_path / "digidistrikt.toml"
    monkeypatch.setenv("DIGIDISTRIKT_CONFIG", str(settings))
    settings.write_text('warehouse = "link.duckdb"\n', encoding="utf-8")
    with dd.open() as warehouse:
        assert warehouse.vintage
    settings.write_text('warehouse = "lake:digidistrikt"\n', encoding="utf-8")
    assert dd.configuration.warehouse() == "lake:digidistrikt"
