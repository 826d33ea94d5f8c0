"""What others do to a lake, or have not done for it: told in a sentence, and nothing is torn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from common.errors import DigidistriktError, InputError, WarehouseError
from common.postgres import Service
from tests.command import digidistrikt
from tests.lake.lakes import MadeLake
from tests.lake.postgres import END_WHO_HOLDS
from tests.lake.store import BUCKET
from tests.lake.test_commit import FIRST, SECOND, at_commit, held
from tests.lake.test_roles import as_reader, stored
from tests.lake.vintages import write_few_rows
from warehouse import lake, publish, reading
from warehouse.targets import target


@pytest.fixture
def file(made_lake: MadeLake, tmp_path: Path) -> Path:
    """A file of two vintages, the first of which is in the lake."""
    target(made_lake.name).publish(write_few_rows(tmp_path / "w.duckdb", FIRST))
    return write_few_rows(tmp_path / "w.duckdb", FIRST, SECOND)


@contextmanager
def by_hand(made_lake: MadeLake) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake, as its owner may write to it in DuckDB."""
    with lake.connected() as con:
        lake.attach(con, made_lake.database, "lake")
        lake.reach_store(con, made_lake.files)
        yield con


def read(made_lake: MadeLake) -> list[tuple[int]]:
    """The rows that a reader gets."""
    with duckdb.connect() as con:
        reading.Lake(made_lake.name).attach(con)
        return con.execute("from warehouse.mart.trial order by n").fetchall()


@pytest.fixture
def empty_database(made_lake: MadeLake) -> MadeLake:
    """The service of a lake whose database is empty again."""
    with made_lake.postgres.connected(made_lake.database) as con:
        con.execute("drop schema public cascade; create schema public")
    return made_lake


# --- what is written to it ----------------------------------------------------------------------


def test_what_others_write_to_a_lake_no_reader_sees_and_the_next_refresh_writes_over(
    made_lake: MadeLake, file: Path
) -> None:
    for changes in (
        ["update lake.mart.trial set n = 9", "create table lake.mart.of_others as select 1 as n"],
        ["delete from lake.mart.refresh_run", "drop table lake.main.published_part"],
        ["alter table lake.mart.trial add column note varchar"],
    ):
        before = read(made_lake)
        with by_hand(made_lake) as con:
            for change in changes:
                con.execute(change)
        assert read(made_lake) == before, changes
        assert target(made_lake.name).publish(file), changes
        assert held(made_lake) == (SECOND, [(0,), (1,)]), changes
    assert not target(made_lake.name).publish(file)
    with by_hand(made_lake) as con:
        assert con.execute("from duckdb_tables() where table_name = 'of_others'").fetchall() == []


def test_who_writes_to_a_lake_as_a_refresh_commits_is_told_of_and_the_next_refresh_publishes(
    made_lake: MadeLake, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with by_hand(made_lake) as con:
            con.execute("insert into lake.mart.trial values (9)")

    with monkeypatch.context() as patch:
        at_commit(patch, write)
        with pytest.raises(WarehouseError, match="something else was written to the lake"):
            target(made_lake.name).publish(file)
    assert read(made_lake) == [(0,)]
    assert target(made_lake.name).vintage() == FIRST
    assert target(made_lake.name).publish(file)
    assert held(made_lake) == (SECOND, [(0,), (1,)])
    assert not target(made_lake.name).publish(file)


def test_a_lake_whose_older_snapshots_were_expired_is_read_and_published_to(
    made_lake: MadeLake, file: Path
) -> None:
    target(made_lake.name).publish(file)
    with by_hand(made_lake) as con:
        con.execute("call ducklake_expire_snapshots('lake', older_than => now())")
        con.execute("call ducklake_cleanup_old_files('lake', cleanup_all => true)")
        kept = con.execute("select commit_message from ducklake_snapshots('lake')").fetchall()
    assert kept == [(f"vintage {SECOND}",)]
    assert read(made_lake) == [(0,), (1,)]
    third = write_few_rows(file, FIRST, SECOND, "20260103T120000Z-0003")
    assert target(made_lake.name).publish(third)
    assert read(made_lake) == [(0,), (1,), (2,)]


def test_a_catalogue_of_another_format_or_that_is_damaged_is_told(
    made_lake: MadeLake, file: Path
) -> None:
    with made_lake.postgres.connected(made_lake.database) as con:
        con.execute("update ducklake_metadata set value = '9.9' where key = 'version'")
        for each in (lambda: read(made_lake), lambda: target(made_lake.name).publish(file)):
            with pytest.raises(WarehouseError, match=r"DuckLake's format 9\.9, and this version"):
                each()
        con.execute("update ducklake_metadata set value = '1.0' where key = 'version'")
        con.execute("alter table ducklake_snapshot rename to lost")
        for each in (lambda: read(made_lake), lambda: target(made_lake.name).publish(file)):
            with pytest.raises(WarehouseError, match=r"catalogue .*ducklake_snapshot\S* does not"):
                each()
        con.execute("alter table lost rename to ducklake_snapshot")
    assert target(made_lake.name).publish(file)


# --- who may not --------------------------------------------------------------------------------


def test_a_role_that_may_only_read_is_told_before_it_writes_a_file(
    made_lake: MadeLake, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(made_lake, at_least=3)
    with monkeypatch.context() as patch:
        as_reader(made_lake, patch)
        for name, value in made_lake.store.environment().items():
            patch.setenv(name, value)
        with pytest.raises(WarehouseError, match="lets digidistrikt_reader read it and not write"):
            target(made_lake.name).publish(file)
    assert stored(made_lake, at_least=3) == before
    assert held(made_lake) == (FIRST, [(0,)])


def test_who_lost_the_right_is_told_so_whatever_its_new_holder_has_published(
    made_lake: MadeLake, file: Path
) -> None:
    target(made_lake.name).publish(file)
    with publish.sole_writer(file, Service(made_lake.database)):
        with made_lake.postgres.connected() as con:
            con.execute(END_WHO_HOLDS)
        older = write_few_rows(file, FIRST)
        with pytest.raises(WarehouseError, match="the right to write was lost"):
            target(made_lake.name).publish(older)
    assert held(made_lake) == (SECOND, [(0,), (1,)])


def test_a_server_that_takes_no_writes_is_told(made_lake: MadeLake, file: Path) -> None:
    with made_lake.postgres.connected(made_lake.database) as con:
        con.execute(f"alter database {made_lake.database} set default_transaction_read_only = on")
    with pytest.raises(WarehouseError, match="lets owner read it and not write"):
        target(made_lake.name).publish(file)
    assert read(made_lake) == [(0,)]


def test_a_lake_is_not_made_where_it_may_not_be(
    empty_database: MadeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, free = empty_database.database, f"s3://{BUCKET}/free"
    with monkeypatch.context() as patch:
        as_reader(empty_database, patch)
        told = create(service, free)
        assert told.startswith(f"digidistrikt: lake:{service}: can't be made: ")
        assert "permission denied for schema public" in told
    with monkeypatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "another")
        assert "SignatureDoesNotMatch" in create(service, free)
    assert "NoSuchBucket" in create(service, "s3://no-such-bucket/free")
    with empty_database.postgres.connected(service) as con:
        assert con.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchall() == [(0,)]


def test_two_lakes_do_not_lie_in_one_folder(
    file: Path, empty_database: MadeLake, tmp_path: Path
) -> None:
    del file  # what the lake had in its folder
    assert "a lake needs a folder of its own" in create(
        empty_database.database, empty_database.files
    )
    there = tmp_path / "files"
    there.mkdir()
    (there / "notes.txt").touch()
    assert f"{there}/notes.txt lies there" in create(empty_database.database, str(there))


def create(service: str, files: str) -> str:
    """What `lake create` says as it fails, in one line."""
    done = digidistrikt("lake", "create", service, "--data", files, home=None)
    assert done.returncode in {InputError.exit_code, WarehouseError.exit_code}
    assert done.stdout == ""
    return " ".join(done.stderr.split())


def test_of_two_who_make_a_lake_at_once_one_is_told_and_a_reader_sees_none_or_all_of_it(
    empty_database: MadeLake,
) -> None:
    told: list[str] = []

    def make() -> None:
        try:
            lake.create(empty_database.database, f"s3://{BUCKET}/{empty_database.database}-both")
        except DigidistriktError as error:
            told.append(str(error))

    makers = [threading.Thread(target=make) for _ in range(2)]
    for each in makers:
        each.start()
    seen = set()
    while any(each.is_alive() for each in makers):
        with pytest.raises(WarehouseError) as refused:
            read(empty_database)
        seen.add(" ".join(str(refused.value).split()[1:7]))
    assert len(told) == 1, told
    assert seen <= {"there is no lake in that", "nothing was published to it yet."}, seen
    assert target(empty_database.name).vintage() is None
