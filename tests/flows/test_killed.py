"""Killed outright or out of room, at every step: the file is the old one or the new one, whole."""

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.settings import CALLS_VARIABLE, Settings
from sources.store import Store
from tests.flows.test_prefect import in_session_of
from tests.upstream.limits import Limits, Window
from tests.upstream.server import Asked, StandIn
from tests.upstream.tables import now
from warehouse import publish

pytestmark = pytest.mark.thorough


def start(
    home: Path,
    *words: str,
    command: tuple[str, ...] = ("refresh", "--direct", "--json-log"),
    before: Callable[[], None] | None = None,
) -> subprocess.Popen[str]:
    """A refresh that has something to publish, since the catalogue folder has changed."""
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *command, "--home", str(home), *words],
        env={**os.environ, CALLS_VARIABLE: "10000", "COLUMNS": "500"},
        preexec_fn=before,  # noqa: PLW1509 - what it sets is the child's own
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
    assert process.wait(timeout=600) == -signal.SIGKILL
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


@pytest.mark.parametrize(
    "message", ["fetching ssb_07459", "loading replies", "modelling", "checking"]
)
def test_a_refresh_killed_before_the_swap_leaves_the_old_file(home: Path, message: str) -> None:
    warehouse = Settings(home=home).warehouse
    before = digest(warehouse)
    with publish.reading(warehouse) as reader:
        kill_at(start(home), message)
        assert digest(warehouse) == before
        assert reader.execute("select count(*) from mart.municipality").fetchall() == [(357,)]


def leftovers(home: Path) -> list[str]:
    """What is not finished, or stood beside what is not."""
    names = [path.name for path in home.rglob("*")]
    made = [name for name in names if ".duckdb." in name and not name.endswith(".lock")]
    return made + [name for name in names if name.endswith((".part", ".wal"))]


def test_a_refresh_after_a_killed_one_publishes_and_clears_away_what_it_left(home: Path) -> None:
    kill_at(start(home), "checking")
    warehouse = Settings(home=home).warehouse
    for left in (
        warehouse.with_name(f"{warehouse.name}.again.new.wal"),
        home / "replies" / "00" / "made_up.gz.1-1.part",
        home / "runs" / "made_up.json.gz.1-1.part",
    ):
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"half of it, made up")
    spilled = warehouse.with_name(f"{warehouse.name}.new.tmp")
    spilled.mkdir()
    (spilled / "made_up").write_bytes(b"spilled")
    assert len(leftovers(home)) > 4
    again = start(home)
    again.communicate(timeout=3000)
    assert again.returncode == 0
    with publish.reading(warehouse) as con:
        assert con.execute("select count(*) from mart.refresh_run").fetchall() == [(2,)]
    assert leftovers(home) == []


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


def test_a_rebuild_killed_leaves_the_old_file_and_what_it_left_is_cleared_away(home: Path) -> None:
    warehouse = Settings(home=home).warehouse
    before = digest(warehouse)
    kill_at(start(home, command=("rebuild",)), "modelling")
    assert digest(warehouse) == before
    assert leftovers(home)
    with publish.sole_writer(warehouse):
        assert leftovers(home) == []


def test_a_warehouse_cut_short_is_told_and_mended_by_a_rebuild(home: Path) -> None:
    warehouse = Settings(home=home).warehouse
    with publish.reading(warehouse) as con:
        figures = con.execute("from mart.observation order by all").fetchall()
    whole = warehouse.read_bytes()
    warehouse.write_bytes(whole[: len(whole) // 2])
    told = start(home, command=("status",)).communicate(timeout=3000)[1]
    assert "can't be opened as a warehouse" in told
    assert "'digidistrikt rebuild' makes it again of the stored replies" in told
    rebuild = start(home, command=("rebuild",))
    assert "Traceback" not in rebuild.communicate(timeout=3000)[1]
    assert rebuild.returncode == 0
    with publish.reading(warehouse) as con:
        assert con.execute("from mart.observation order by all").fetchall() == figures


# --- resumed where it was interrupted --------------------------------------------------------


def asked_of(asked: list[Asked], address: str) -> int:
    return sum(call.address.endswith(address.removeprefix("https:/")) for call in asked)


def questions(home: Path) -> Counter[str]:
    return Counter(item.planned.request.address for item in Store(home).unfinished())


def test_what_a_killed_refresh_had_fetched_is_asked_again_only_if_it_has_changed_since(
    tmp_path: Path,
) -> None:
    limits = Limits(statbank=Window(10_000, 1), searches=Window(10_000, 1))
    with StandIn(limits=limits) as upstream:
        kill_at(start(tmp_path, "--upstream", upstream.address), "fetching ssb_11918")
        had, before = questions(tmp_path), len(upstream.asked)
        upstream.statbank.publish(upstream.statbank.tables["07984"].updated_at(now()))
        kill_at(start(tmp_path, "--upstream", upstream.address), "loading replies")
        asked, has = upstream.asked[before:], questions(tmp_path)
    changed = {address for address in had if "/07984/" in address}
    assert len(had) > 20
    assert changed
    assert has - had, "the tables that had not been fetched"
    for address, times in has.items():
        missing = times if address in changed else times - had[address]
        to_plan = "fellesdatakatalog" in address  # how many hits there are
        assert asked_of(asked, address) == missing + to_plan, address


# --- out of room -------------------------------------------------------------------------------


def room_for(size: int) -> Callable[[], None]:
    """No file may grow beyond this many bytes, as where a disk is full; also for root."""

    def limit() -> None:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def out_of_room(home: Path, size: int, *direct: str) -> str:
    """The one sentence that a refresh ends with; the file is as it was and nothing is left."""
    warehouse = Settings(home=home).warehouse
    before = digest(warehouse)
    process = start(home, *direct, command=("refresh", "--json-log"), before=room_for(size))
    told = process.communicate(timeout=3000)[1]
    assert in_session_of(process.pid) == []
    assert process.returncode == 1
    assert "Traceback" not in told
    assert digest(warehouse) == before
    assert leftovers(home) == []
    [ended] = [line for line in map(json.loads, told.splitlines()) if line["level"] == "ERROR"]
    assert ended["exit_code"] == 1
    assert "Make room on the disk" in ended["message"]
    return str(ended["message"])


def test_a_disk_that_is_full_when_a_reply_is_kept(home: Path) -> None:
    shutil.rmtree(home / "replies")
    assert "/replies/" in out_of_room(home, 20_000, "--direct")


@pytest.mark.parametrize("size", [2_000_000, 20_000_000, 34_000_000])
def test_a_disk_that_is_full_as_the_warehouse_is_built(home: Path, size: int) -> None:
    assert "digidistrikt.duckdb.new: can't be written" in out_of_room(home, size, "--direct")


def test_a_disk_that_is_full_under_prefect_ends_in_one_sentence_and_its_api_ends_too(
    home: Path,
) -> None:
    """The temporary API can write to no file either."""
    assert "digidistrikt.duckdb.new: can't be written" in out_of_room(home, 1_000_000)


def test_a_run_that_can_not_be_put_on_record_is_not_published(home: Path) -> None:
    """A file in the place of the folder of runs, for no user may write there, not even root."""
    shutil.rmtree(home / "runs")
    (home / "runs").write_text("made up")
    assert "/runs/" in out_of_room(home, 1_000_000_000, "--direct")


def test_a_call_budget_that_can_not_be_kept_is_told(tmp_path: Path) -> None:
    """A folder in its place, as on a full disk it can't be opened either."""
    (tmp_path / "budget.sqlite").mkdir()
    process = start(tmp_path, "--upstream", "http://127.0.0.1:9")
    told = process.communicate(timeout=3000)[1]
    assert process.returncode == 1
    assert "Traceback" not in told
    assert "budget.sqlite, in the home folder, can't be kept (unable to open" in told
