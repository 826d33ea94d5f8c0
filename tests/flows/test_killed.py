"""A refresh killed outright, at every step: the file is the old one or the new one, whole."""

import hashlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import Settings
from warehouse import publish


def start(home: Path) -> subprocess.Popen[str]:
    """A refresh that has something to publish, since the catalogue folder has changed."""
    words = ["refresh", "--direct", "--json-log", "--home", str(home)]
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_at(process: subprocess.Popen[str], message: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if message in line:
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait(timeout=60) == -signal.SIGKILL
    process.stderr.close()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def home(built: Settings, tmp_path: Path) -> Path:
    """A published warehouse whose user has since declared something of their own."""
    copy = tmp_path / "home"
    shutil.copytree(built.home, copy)
    Settings(home=copy).catalogue.mkdir(exist_ok=True)
    (Settings(home=copy).catalogue / "own.csv").write_text("a,b\n", encoding="utf-8")
    return copy


@pytest.mark.parametrize("message", ["fetching ssb_07459", "loading replies", "checking"])
def test_a_refresh_killed_before_the_swap_leaves_the_old_file(home: Path, message: str) -> None:
    warehouse = Settings(home=home).warehouse
    before = digest(warehouse)
    with publish.reading(warehouse) as reader:
        kill_at(start(home), message)
        assert digest(warehouse) == before
        assert reader.execute("select count(*) from mart.municipality").fetchall() == [(357,)]


def test_a_refresh_after_a_killed_one_publishes(home: Path) -> None:
    kill_at(start(home), "checking")
    again = start(home)
    again.communicate(timeout=100)
    assert again.returncode == 0
    with publish.reading(Settings(home=home).warehouse) as con:
        assert con.execute("select count(*) from mart.refresh_run").fetchall() == [(2,)]
    left = {path.name for path in home.iterdir()} - {"digidistrikt.duckdb.lock"}
    assert not [name for name in left if ".new" in name or ".part" in name or ".wal" in name]


def test_a_refresh_killed_at_the_swap_leaves_one_whole_file(home: Path) -> None:
    kill_at(start(home), "publishing")
    with publish.reading(Settings(home=home).warehouse) as con:
        [(runs,)] = con.execute("select count(*) from mart.refresh_run").fetchall()
        figures = con.execute("select count(*) from mart.observation").fetchall()
        kept = con.execute(
            "select sum(rows) from mart.table_digest where table_name = 'observation'"
        ).fetchall()
    assert runs in {1, 2}
    assert kept == [(runs * figures[0][0],)]
