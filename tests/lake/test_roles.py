"""Who may only read a lake can't write to it by any way, and no password is shown."""

import contextlib

import duckdb
import pytest

from digidistrikt.opening import open_warehouse
from tests.lake.lakes import READERS_PASSWORD, MadeLake
from tests.lake.postgres import PASSWORD
from tests.lake.vintages import TwoVintages
from warehouse import lake

_CATALOGUE = "__ducklake_metadata_{}"
# What a reader who knows DuckDB well might try.
_WRITES = (
    "insert into lake.mart.network from lake.mart.network",
    "delete from lake.mart.observation",
    "update lake.mart.network set network_id = 'x'",
    "create or replace table lake.mart.network as select 1",
    "drop table lake.mart.network",
    "drop schema lake.mart cascade",
    "comment on table lake.mart.network is 'x'",
    "alter table lake.mart.network add column x integer",
    "copy (select 1) to '{files}mart/network/x.parquet'",
    "copy (select 1) to '{files}x.csv'",
    "call ducklake_add_data_files('lake', 'mart.network', '{file}')",
    "call ducklake_expire_snapshots('lake', older_than => now())",
    "call ducklake_cleanup_old_files('lake', cleanup_all => true)",
    "call ducklake_delete_orphaned_files('lake', cleanup_all => true)",
    "call ducklake_merge_adjacent_files('lake')",
    "call lake.set_option('target_file_size', '1MB')",
    "delete from {catalogue}.ducklake_snapshot",
    "drop table {catalogue}.ducklake_snapshot",
    "call postgres_execute('{database}', 'create table x (a int)')",
    "call postgres_execute('{database}', 'commit; delete from ducklake_snapshot')",
    "call postgres_execute('{database}', 'rollback; drop table ducklake_data_file')",
    "call postgres_execute('{database}', 'commit; create table x (a int)')",
)


def as_reader(made_lake: MadeLake, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in made_lake.readers().items():
        monkeypatch.setenv(name, value)


def state(made_lake: MadeLake) -> list[tuple[object, ...]]:
    """What the catalogue holds, and how much of it."""
    with made_lake.postgres.connected(made_lake.database) as con:
        tables = con.execute(
            "select table_name from information_schema.tables where table_schema = 'public'"
            " order by table_name"
        ).fetchall()
        assert len(tables) > 20
        return [
            (name, con.execute(f'select count(*) from public."{name}"').fetchone())
            for (name,) in tables
        ]


def stored(made_lake: MadeLake, at_least: int = 50) -> list[tuple[object, ...]]:
    """The files of a lake, with their sizes; there must be as many as `at_least`."""
    with lake.connected() as con:
        lake.reach_store(con, made_lake.files)
        found = con.execute(
            f"select filename, size from read_blob('{made_lake.files}**') order by all"
        ).fetchall()
    assert len(found) >= at_least
    return found


@pytest.mark.parametrize("options", ["", "read_only"])
def test_the_role_of_readers_reads_and_can_not_write(
    published: MadeLake, monkeypatch: pytest.MonkeyPatch, options: str
) -> None:
    with lake.connected() as con:  # something that a clean-up would take away
        lake.reach_store(con, published.files)
        con.execute(f"copy (select 1) to '{published.files}orphan{options}.parquet'")
    before, files = state(published), stored(published)
    as_reader(published, monkeypatch)
    database = _CATALOGUE.format("lake")
    with lake.connected() as con:  # not our sandbox: a reader of their own making
        lake.attach(con, published.database, "lake", options)
        lake.reach_store(con, published.files)
        found = con.execute("select count(*) from lake.mart.observation").fetchall()
        [(file,), *_] = con.execute(
            f"select '{published.files}mart/network/' || file.path from"
            f" {database}.public.ducklake_data_file as file inner join"
            f" {database}.public.ducklake_table using (table_id) where table_name = 'network'"
        ).fetchall()
        for write in _WRITES:
            text = write.format(
                files=published.files, file=file, database=database, catalogue=f"{database}.public"
            )
            with contextlib.suppress(duckdb.Error):
                con.execute(text).fetchall()
        assert con.execute("select count(*) from lake.mart.observation").fetchall() == found
    assert found[0][0] > 1000
    for name, value in published.environment().items():
        monkeypatch.setenv(name, value)
    assert (state(published), stored(published)) == (before, files)


def test_commands_of_a_reader_answer_and_show_no_password_or_key(
    published: MadeLake, two: TwoVintages, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_reader(published, monkeypatch)
    with open_warehouse(two.home, warehouse=published.name) as con:
        shown = [
            *con.execute("from duckdb_databases()").fetchall(),
            *con.execute("from duckdb_settings()").fetchall(),
            *con.execute("from duckdb_secrets()").fetchall(),
            *con.execute("from duckdb_logs()").fetchall(),
        ]
        for wrong in (
            f"from postgres_scan('service={published.database}', 'public', 'none')",
            f"from postgres_query('{_CATALOGUE.format('warehouse')}', 'select nonsense')",
            f"attach 'postgres:service={published.database}' as again",
            f"copy (select 1) to '{published.files}x.parquet'",
        ):
            with pytest.raises(duckdb.Error) as told:
                con.execute(wrong).fetchall()
            shown.append((str(told.value),))
    text = str(shown)
    assert published.database in text
    for secret in (PASSWORD, READERS_PASSWORD, "made-up-secret"):
        assert secret not in text
