"""Build beside, check, swap: what readers, writers and a failing refresh meet."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from common.errors import LockedError, WarehouseError
from flows.settings import CALLS_VARIABLE, Settings
from tests.upstream.exchange import Answer, Question
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a small warehouse holding the number 1 was published."""
    path = tmp_path / "home" / "digidistrikt.duckdb"
    path.parent.mkdir()
    publish_number(path, 1)
    return path


def publish_number(path: Path, number: int) -> None:
    with publish.build(path) as con:
        con.execute(f"create table mart.held as select {number} as number")


def held(path: Path) -> int:
    with publish.reading(path) as con:
        [(number,)] = con.execute("from mart.held").fetchall()
    return int(number)


def python(code: str, *words: object) -> "subprocess.Popen[str]":
    """Python in another process, on the same code; it is waited for or ended by its test."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def other(code: str, *words: object) -> Iterator["subprocess.Popen[str]"]:
    """The same, once it has said that it is ready; it ends when it is told to go on."""
    process = python(code, *words)
    assert process.stdout
    try:
        assert process.stdout.readline() == "ready\n", process.communicate()
        yield process
    finally:
        process.kill()
        process.communicate()


# --- build beside, swap in --------------------------------------------------------------------


def test_a_build_that_ends_well_replaces_the_old_warehouse_and_leaves_nothing_beside(
    path: Path,
) -> None:
    publish_number(path, 2)
    assert held(path) == 2
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("error", [WarehouseError("broken"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_the_old_warehouse_byte_for_byte(
    path: Path, error: BaseException
) -> None:
    old = path.read_bytes()
    with pytest.raises(type(error)), publish.build(path):
        raise error
    assert path.read_bytes() == old
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_a_killed_build_left_behind_is_no_hindrance(path: Path) -> None:
    killed = (
        "import os, sys, pathlib; from warehouse import publish\n"
        "with publish.build(pathlib.Path(sys.argv[1])) as con:\n"
        "    con.execute('create table mart.held as select 2 as number')\n"
        "    print('ready', flush=True); sys.stdin.read()"
    )
    with other(killed, path):
        pass
    assert sorted(file.name for file in path.parent.iterdir()) != [path.name]
    assert held(path) == 1
    publish_number(path, 3)
    assert held(path) == 3
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_stale_write_ahead_log_goes_with_the_old_file(path: Path) -> None:
    log = path.with_name(f"{path.name}.wal")
    other_file = path.with_name("other.duckdb")
    with duckdb.connect(str(other_file)) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute("create table t as select 1 as x")
    shutil.move(f"{other_file}.wal", log)
    publish_number(path, 2)
    assert not log.exists()
    assert held(path) == 2


# --- readers -----------------------------------------------------------------------------------

READER = """
import pathlib, sys
from warehouse import publish
with publish.reading(pathlib.Path(sys.argv[1])) as con:
    print('ready', flush=True)
    for _ in sys.stdin:
        print(con.execute('from mart.held').fetchall(), flush=True)
"""


def test_a_reader_in_another_process_keeps_what_it_opened_and_the_next_sees_the_new(
    path: Path,
) -> None:
    with other(READER, path) as reader:
        assert reader.stdin
        assert reader.stdout
        for number in (2, 3):
            publish_number(path, number)
            reader.stdin.write("again\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == "[(1,)]\n"
        with other(READER, path) as later:
            assert later.communicate("once\n", timeout=PATIENCE_SECONDS)[0] == "[(3,)]\n"


def test_the_old_file_is_swapped_and_never_written_over(path: Path) -> None:
    old = path.read_bytes()
    with path.open("rb") as opened:
        publish_number(path, 2)
        assert opened.read() == old
    assert path.read_bytes() != old


def test_there_is_a_sentence_for_a_warehouse_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(WarehouseError, match=r"no warehouse yet. Run 'digidistrikt refresh' first"),
        publish.reading(tmp_path / "digidistrikt.duckdb"),
    ):
        pass


def test_there_is_a_sentence_for_a_file_that_is_no_warehouse(tmp_path: Path) -> None:
    path = tmp_path / "digidistrikt.duckdb"
    path.write_text("this is not a database, it is only text that is made up\n" * 100)
    with (
        pytest.raises(WarehouseError, match="this can't be opened as a warehouse"),
        publish.reading(path),
    ):
        pass


def test_two_may_read_in_one_process_and_neither_reaches_outside(path: Path) -> None:
    with publish.reading(path) as first, publish.reading(path) as second:
        for con in (first, second):
            assert con.execute("from mart.held").fetchall() == [(1,)]
            with pytest.raises(duckdb.PermissionException):
                con.execute("from read_csv('/etc/hostname')")


@pytest.mark.parametrize(
    "statement",
    [
        "create table mart.mine as select 1",
        "insert into mart.held values (2)",
        "update mart.held set number = 2",
        "delete from mart.held",
        "drop table mart.held",
        "from read_csv('{outside}/secret.csv')",
        "from '{outside}/secret.csv'",
        "from read_text('{outside}/secret.csv')",
        "from glob('{outside}/*')",
        "copy (select 1) to '{outside}/written.csv'",
        "copy mart.held to '{outside}/written.parquet'",
        "export database '{outside}/written'",
        "attach '{outside}/written.duckdb' as theirs",
        "attach ':memory:' as theirs",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset enable_external_access",
        "set lock_configuration = false",
        "set temp_directory = '{outside}/written'",
        "set profiling_output = '{outside}/written.json'",
        "from frame_in_memory",
    ],
)
def test_a_reader_can_neither_write_nor_reach_outside_the_warehouse(
    path: Path, tmp_path: Path, statement: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("secret\n1\n")
    frame_in_memory = duckdb.connect().sql("select 1 as secret").to_arrow_table()
    old = path.read_bytes()
    with publish.reading(path) as con, pytest.raises(duckdb.Error):
        con.execute(statement.format(outside=outside))
    assert frame_in_memory.num_rows == 1
    assert [file.name for file in outside.iterdir()] == ["secret.csv"]
    assert path.read_bytes() == old


# --- writers -----------------------------------------------------------------------------------

WRITER = """
import pathlib, sys
from warehouse import publish
with publish.sole_writer(pathlib.Path(sys.argv[1])):
    print('ready', flush=True); sys.stdin.read()
"""


def refresh(home: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """`digidistrikt refresh --direct` as a user runs it."""
    command = [sys.executable, "-m", "cli.main", "refresh", "--direct", "--home", str(home)]
    return subprocess.run(
        [*command, *options],
        cwd=PROJECT,
        env={**os.environ, "COLUMNS": "200", CALLS_VARIABLE: "1000"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_a_second_refresh_is_told_of_the_first_and_ends_with_6(path: Path) -> None:
    old = path.read_bytes()
    with other(WRITER, path):
        with (
            pytest.raises(LockedError, match="another refresh is writing"),
            publish.sole_writer(path),
        ):
            pass
        done = refresh(path.parent)
        assert done.returncode == 6
        assert "another refresh is writing. Wait for it to end, or stop it first." in done.stderr
        assert path.read_bytes() == old
    with publish.sole_writer(path):
        assert held(path) == 1


# --- a failing check ---------------------------------------------------------------------------


def one_person_too_many(_question: Question, answer: Answer) -> Answer:
    """StatBank's figure for the whole country in its last year, one too high."""
    cube = json.loads(answer.body)
    if set(cube["id"]) == {"ContentsCode", "Tid"}:
        cube["value"][-1] += 1
    return Answer(answer.status, json.dumps(cube).encode(), answer.headers)


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    """The stand-in for the publishers, patient with many calls."""
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as server:
        yield server


@pytest.mark.thorough
def test_a_failing_check_ends_with_3_says_what_failed_and_keeps_the_old_warehouse(
    built: Settings, tmp_path: Path, upstream: StandIn
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    old = Path(shutil.copy(built.warehouse, home))
    digest = hashlib.sha256(old.read_bytes()).hexdigest()
    upstream.misbehave(one_person_too_many, "/tables/07459/data", None)
    done = refresh(home, "--upstream", upstream.address)
    assert done.returncode == 3, done.stderr
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("digidistrikt: ")]
    assert "the new warehouse was not published, the old one stays" in sentence
    assert (
        "population_national: 2 years differ from SSB's population of the country (first: 2026"
        in sentence
    )
    assert "published 5 627 401, summed 5 627 400" in sentence
    assert hashlib.sha256(old.read_bytes()).hexdigest() == digest
    assert sorted(file.name for file in home.glob("*.duckdb*")) == [
        "digidistrikt.duckdb",
        "digidistrikt.duckdb.lock",
    ]


def test_only_what_a_killed_writer_left_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "digidistrikt.duckdb"
    left = ["new", "new.wal", "again", "again.wal", "again.new", "again.new.wal"]
    left += ["new.0a1b2c3d", "new.0a1b2c3d.wal", "again.0a1b2c3d.new.0a1b2c3d.wal"]
    kept = ["new.xlsx", "new2", "new.2026", "newest-figures.csv", "again-by-hand", "before-rebuild"]
    for name in [*left, *kept]:
        publish.beside(path, name).write_text("made up")
    for name in ("new.tmp", "new.4e5f6a7b.tmp"):
        publish.beside(path, name).mkdir()
    with publish.sole_writer(path):
        there = {each.name for each in tmp_path.iterdir()}
    assert there == {f"{path.name}.{name}" for name in [*kept, "lock"]}


def test_a_build_takes_half_of_the_memory_or_six_gigabytes_and_clears_away_what_it_spilled(
    tmp_path: Path,
) -> None:
    path = tmp_path / "digidistrikt.duckdb"
    limit = "select parse_formatted_bytes(current_setting('memory_limit'))"
    with duckdb.connect() as con:
        [(of_duckdb,)] = con.execute(limit).fetchall()
    with publish.build(path) as con:
        [(of_build,)] = con.execute(limit).fetchall()
        con.execute("set memory_limit = '60MB'")
        con.execute(
            "create table s as select md5(n::varchar) as m from range(1000000) t (n) order by m"
        )
        assert publish.beside(publish.beside(path, "new"), "tmp").is_dir()
    assert of_build == pytest.approx(min(of_duckdb * 0.5 / 0.8, publish.MEMORY), rel=0.01)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
