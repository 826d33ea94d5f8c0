"""Ctrl-C, and a termination, at every stage of a refresh: one sentence, at once, nothing left."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import CALLS_VARIABLE, Settings
from tests.flows.test_killed import digest, leftovers
from tests.flows.test_prefect import in_session_of
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

pytestmark = pytest.mark.thorough
AT_ONCE = 30  # seconds, on a busy machine; Prefect's own end took minutes


def start(*command: str) -> subprocess.Popen[str]:
    """A command in a session of its own, as a terminal has: Ctrl-C reaches all its processes."""
    environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key}
    return subprocess.Popen(
        [sys.executable, *command],
        env={**environment, CALLS_VARIABLE: "10000", "COLUMNS": "500"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def end_at(process: subprocess.Popen[str], message: str, number: int = signal.SIGINT) -> list[str]:
    """The lines that follow when all processes are sent a signal as a line has the message."""
    assert process.stdout is not None
    assert any(message in line for line in process.stdout), message
    os.killpg(process.pid, number)
    rest = process.communicate(timeout=AT_ONCE)[0].splitlines()
    assert process.returncode == 128 + number
    assert in_session_of(process.pid) == []
    return rest


@pytest.fixture
def home(small_home: Settings, tmp_path: Path) -> Path:
    """A published warehouse whose user has since declared something of their own."""
    copy = shutil.copytree(small_home.home, tmp_path / "home")
    Settings(home=copy).catalogue.mkdir(exist_ok=True)
    (Settings(home=copy).catalogue / "own.csv").write_text("a,b\n", encoding="utf-8")
    return copy


@pytest.mark.parametrize("module", ["duckdb", "rich.console", "cli.health"])
def test_ctrl_c_while_the_program_is_being_imported_is_one_sentence(module: str) -> None:
    lines = end_at(start("-X", "importtime", "-m", "cli", "status"), f" {module}\n")
    assert [line for line in lines if not line.startswith("import time:")] == [
        "digidistrikt: interrupted."
    ]


@pytest.mark.parametrize("message", ["fetching", "loading replies", "modelling", "checking"])
def test_ctrl_c_at_any_stage_is_one_sentence_and_leaves_the_old_warehouse(
    home: Path, small_catalogue: Path, message: str
) -> None:
    before = digest(Settings(home=home).warehouse)
    words = ("-m", "tests.small", str(small_catalogue), "refresh", "--direct", "--home", str(home))
    told = end_at(start(*words), message)
    assert told[-1] == "digidistrikt: interrupted."
    assert "Traceback" not in "\n".join(told)
    assert digest(Settings(home=home).warehouse) == before
    assert leftovers(home) == []


@pytest.mark.parametrize(
    ("message", "number"),
    [("Upstream:", signal.SIGINT), ("planning", signal.SIGTERM), ("modelling", signal.SIGINT)],
)
def test_a_signal_ends_prefect_and_its_temporary_api_at_once(
    home: Path, small_catalogue: Path, message: str, number: int
) -> None:
    before = digest(Settings(home=home).warehouse)
    words = ("-m", "tests.small", str(small_catalogue), "refresh", "--home", str(home))
    told = end_at(start(*words), message, number)
    said = {signal.SIGINT: "interrupted.", signal.SIGTERM: "terminated."}[signal.Signals(number)]
    assert told[-1] == f"digidistrikt: {said}"
    assert "Traceback" not in "\n".join(told)
    assert digest(Settings(home=home).warehouse) == before
    assert leftovers(home) == []


def test_the_refresh_after_an_interrupted_one_resumes(tmp_path: Path, small: Path) -> None:
    limits = Limits(statbank=Window(10_000, 1), searches=Window(10_000, 1))
    with StandIn(limits=limits) as upstream:
        words = ("-m", "tests.small", str(small), "refresh", "--direct",
                 "--home", str(tmp_path), "--upstream", upstream.address)  # fmt: skip
        end_at(start(*words), "fetching ssb_12367")
        again = start(*words)
        told = again.communicate(timeout=3000)[0]
    assert "replies of the last refresh are kept" in told
    assert again.returncode == 0, told
    with publish.reading(Settings(home=tmp_path).warehouse) as con:
        assert con.execute("select count(*) from mart.refresh_run").fetchall() == [(1,)]
