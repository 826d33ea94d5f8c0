"""A target that fails stays as it was, is told of, and is brought up to date the next time."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from common.errors import BEHIND, InputError, WarehouseError
from common.postgres import Service
from digidistrikt.opening import open_warehouse
from tests.command import digidistrikt
from tests.lake.lakes import MadeLake
from tests.lake.ports import free_port
from tests.lake.postgres import END_WHO_HOLDS
from tests.lake.store import running as running_store
from tests.lake.vintages import TwoVintages
from warehouse import extensions, publish
from warehouse.targets import lake as lake_target
from warehouse.targets import target

_KILLED = """
import sys, time
from pathlib import Path
from warehouse.targets import lake, target

commit, when = lake._commit, sys.argv[3]

def stopping(con):
    if when == "after":
        commit(con)
    print("here", flush=True)
    time.sleep(600)

lake._commit = stopping
target(sys.argv[1]).publish(Path(sys.argv[2]))
"""


def vintage_of(made_lake: MadeLake) -> str | None:
    return target(made_lake.name).vintage()


def is_whole(made_lake: MadeLake, file: Path) -> bool:
    """Whether each table of the lake has the digest that the file has on record for it."""
    with publish.reading(file) as con, open_warehouse(file.parent, warehouse=made_lake.name) as own:
        tables = [str(name) for (name,) in con.execute(
            "select distinct table_name from mart.table_digest").fetchall()]  # fmt: skip
        assert len(tables) > 20
        queries = [f"from mart.{name} order by all" for name in tables]
        return all(own.execute(q).fetchall() == con.execute(q).fetchall() for q in queries)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_before_or_after_the_commit_a_lake_is_whole(
    made_lake: MadeLake, two: TwoVintages, when: str
) -> None:
    target(made_lake.name).publish(two.first_file)
    words = [sys.executable, "-c", _KILLED, made_lake.name, str(two.file), when]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    there = {"before": (two.first, two.first_file), "after": (two.second, two.file)}[when]
    assert vintage_of(made_lake) == there[0]
    assert is_whole(made_lake, there[1])
    assert target(made_lake.name).publish(two.file) == (when == "before")
    assert vintage_of(made_lake) == two.second
    assert is_whole(made_lake, two.file)


def test_a_server_that_goes_away_before_the_commit_leaves_the_lake_as_it_was(
    made_lake: MadeLake, two: TwoVintages, monkeypatch: pytest.MonkeyPatch
) -> None:
    target(made_lake.name).publish(two.first_file)
    commit = lake_target._commit

    def after_a_stop(con: duckdb.DuckDBPyConnection) -> None:
        made_lake.postgres.stop()
        commit(con)

    with monkeypatch.context() as patch:
        patch.setattr(lake_target, "_commit", after_a_stop)
        with pytest.raises(WarehouseError, match=f"^{made_lake.name}: not known to be up to date"):
            target(made_lake.name).publish(two.file)
    with pytest.raises(WarehouseError, match=r"can't be reached: .*refused"):
        vintage_of(made_lake)
    made_lake.postgres.start()
    assert vintage_of(made_lake) == two.first
    assert is_whole(made_lake, two.first_file)
    assert target(made_lake.name).publish(two.file)


def test_a_store_that_is_away_or_full_leaves_the_lake_as_it_was(
    made_lake: MadeLake, two: TwoVintages, monkeypatch: pytest.MonkeyPatch
) -> None:
    target(made_lake.name).publish(two.first_file)
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        with pytest.raises(WarehouseError, match=f"^{made_lake.name}: not brought up to date: "):
            target(made_lake.name).publish(two.file)
    with monkeypatch.context() as full, running_store("-volume.max=1") as store:
        full.setenv("AWS_ENDPOINT_URL", store.address)
        with pytest.raises(WarehouseError, match=f"^{made_lake.name}: not brought up to date: "):
            target(made_lake.name).publish(two.file)
    assert vintage_of(made_lake) == two.first
    assert is_whole(made_lake, two.first_file)
    assert target(made_lake.name).publish(two.file)


@pytest.mark.parametrize(
    "words", [["status"], ["sql", "from mart.network"], ["publish", "--out", "site"]], ids=" ".join
)
def test_a_store_that_is_away_or_refuses_the_key_is_told_to_who_reads(
    published: MadeLake, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for env in (
        {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"},
        {"AWS_SECRET_ACCESS_KEY": "another"},
    ):
        done = digidistrikt(*words, "--warehouse", published.name, home=tmp_path / "none", env=env)
        assert (done.returncode, done.stdout) == (WarehouseError.exit_code, "")
        assert "the store can't be read: " in done.stderr
        assert "Look at the store, at AWS_ENDPOINT_URL and at the rights" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_refresh_that_can_not_reach_a_target_publishes_at_home_and_the_next_catches_up(
    made_lake: MadeLake, tmp_path: Path, small: Path
) -> None:
    home = tmp_path / "home"
    env = {"DIGIDISTRIKT_TARGETS": made_lake.name}
    nowhere = env | {"PGSERVICEFILE": str(tmp_path / "none.conf")}
    done = digidistrikt("refresh", "--direct", home=home, env=nowhere)
    assert done.returncode == BEHIND
    assert f"behind {made_lake.name}: " in done.stdout
    assert "Published" in done.stdout
    assert vintage_of(made_lake) is None
    assert "nothing was published to it yet" in digidistrikt(
        "sql", "select 1", "--warehouse", made_lake.name, home=home
    ).stderr  # fmt: skip
    assert f"{made_lake.name} is behind: it has no vintage" in flat(
        digidistrikt("status", "--format", "table", home=home, env=env).stdout
    )
    again = digidistrikt("refresh", "--direct", home=home, env=env)
    assert (again.returncode, "Nothing new" in again.stdout) == (0, True)
    assert f"{made_lake.name} has this vintage" in flat(
        digidistrikt("status", "--format", "table", home=home, env=env).stdout
    )
    rebuilt = digidistrikt("rebuild", home=home, env=nowhere)
    assert (rebuilt.returncode, "behind: " in rebuilt.stdout) == (BEHIND, True)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_lake_of_other_code_is_told_of_and_rewritten(
    made_lake: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    old = tmp_path / "old.duckdb"
    shutil.copy(two.first_file, old)
    with duckdb.connect(str(old)) as con:
        con.execute("alter table mart.indicator drop column title_nb")
        con.execute("update mart.refresh_run set code_digest = 'of old'")
    target(made_lake.name).publish(old)
    told = digidistrikt("catalog", "--warehouse", made_lake.name, home=two.home)
    assert (told.returncode, told.stdout) == (WarehouseError.exit_code, "")
    assert f"{made_lake.name}: this was built by other code" in told.stderr
    assert target(made_lake.name).publish(two.file)
    assert is_whole(made_lake, two.file)


def test_a_lake_is_never_taken_back_to_an_older_vintage(
    published: MadeLake, two: TwoVintages
) -> None:
    with pytest.raises(
        WarehouseError, match=f"it has vintage {two.second}, and this warehouse is of"
    ):
        target(published.name).publish(two.first_file)
    assert vintage_of(published) == two.second


def test_a_lake_takes_no_vintage_that_does_not_carry_on_from_its_own(
    published: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    of_another_home = Path(shutil.copy(two.file, tmp_path))
    with duckdb.connect(str(of_another_home)) as con:
        con.execute("update mart.refresh_run set run_id = '9' || run_id[2:]")
    with pytest.raises(WarehouseError, match=f"it has vintage {two.second}, .* another lake for"):
        target(published.name).publish(of_another_home)
    assert vintage_of(published) == two.second


def test_who_lost_the_right_to_write_commits_nothing_to_the_lake(
    made_lake: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    file = Path(shutil.copy(two.file, tmp_path))
    with publish.sole_writer(file, Service(made_lake.database)):
        with made_lake.postgres.connected() as con:
            con.execute(END_WHO_HOLDS)
        with pytest.raises(WarehouseError, match="the right to write was lost, so nothing is pu"):
            target(made_lake.name).publish(file)
    assert vintage_of(made_lake) is None


def test_names_that_are_no_lake_are_refused_without_showing_them(tmp_path: Path) -> None:
    for wrong in ("lake:", "lake:postgres://user:secret-word@host/db", "lake:host=x password=y"):
        done = digidistrikt("sql", "select 1", "--warehouse", wrong, home=tmp_path)
        assert done.returncode == InputError.exit_code
        assert "a lake is named lake:SERVICE" in done.stderr
        assert "secret-word" not in done.stderr
        refused = digidistrikt(
            "refresh", "--direct", home=tmp_path, env={"DIGIDISTRIKT_TARGETS": wrong.split()[0]}
        )
        assert refused.returncode == InputError.exit_code
    assert not (tmp_path / "digidistrikt.duckdb").exists()


def test_a_service_that_is_not_declared_and_a_database_without_a_lake_are_told(
    service: object, tmp_path: Path
) -> None:
    done = digidistrikt("sql", "select 1", "--warehouse", "lake:no_such", home=tmp_path)
    assert 'definition of service "no_such" not found' in done.stderr
    assert "pg_service.conf" in done.stderr
    done = digidistrikt("sql", "select 1", "--warehouse", "lake:lake_of_a_test", home=tmp_path)
    assert "digidistrikt lake create lake_of_a_test" in done.stderr


def test_without_the_extension_or_keys_a_sentence_says_what_to_install_or_set(
    made_lake: MadeLake, two: TwoVintages, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(extensions, "find_spec", lambda _name: None)
        with pytest.raises(WarehouseError, match=r"pip install 'digidistrikt\[lake\]'"):
            target(made_lake.name).publish(two.file)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(WarehouseError, match="Set AWS_ACCESS_KEY_ID"):
        target(made_lake.name).publish(two.file)


def test_a_lake_is_made_once(made_lake: MadeLake) -> None:
    again = digidistrikt(
        "lake", "create", made_lake.database, "--data", "s3://figures/x", home=None
    )
    assert again.returncode == InputError.exit_code
    assert f"there is a lake already, in {made_lake.files}" in again.stderr
