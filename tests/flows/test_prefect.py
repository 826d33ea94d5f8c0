"""The flow under a real Prefect: its temporary API, and a server with deployments and a worker."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from prefect.server.schemas.schedules import CronSchedule

from flows.settings import Settings
from tests.flows.prefect_server import PATIENCE_SECONDS, PROJECT, Messages, Server, served
from tests.upstream.faults import vanished
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from warehouse import publish

pytestmark = pytest.mark.thorough

SCHEDULED = "scheduled"
Run = dict[str, object]  # as the server's API describes it


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[Run]]]:
    """A server, and the runs that it scheduled: none of them falls due while it is tried."""
    with served(tmp_path_factory.mktemp("prefect")) as made:
        scheduled = {"state": {"type": {"any_": ["SCHEDULED"]}}}
        runs = made.wait_for("flow_runs/filter", flow_runs=scheduled)
        made.pause(SCHEDULED)
        yield made, runs


@pytest.fixture(scope="module")
def server(started: tuple[Server, list[Run]]) -> Server:
    return started[0]


@pytest.fixture(scope="module")
def messages(server: Server) -> Messages:
    """Who is told by the automations of automations.yaml."""
    receiver = Messages()
    told = server.digidistrikt("notify", receiver.address)
    assert "digidistrikt-needs-attention" in told
    server.digidistrikt("notify", receiver.address)  # once more: anew, not twice
    names = [each["name"] for each in server.ask("automations/filter")]
    assert sorted(names) == [
        "digidistrikt-needs-attention",
        "digidistrikt-no-refresh",
        "digidistrikt-silent-run",
        "publish-after-refresh",
        "report-after-refresh",
    ]
    return receiver


def test_a_trial_message_arrives(server: Server, messages: Messages) -> None:
    assert "Sent" in server.digidistrikt("doctor", "--notify")
    assert "come here" in messages.wait_for("digidistrikt: a trial")


def test_the_deployment_really_produces_runs_at_0820_oslo_on_weekdays(
    started: tuple[Server, list[Run]],
) -> None:
    _, runs = started
    times = [
        datetime.fromisoformat(str(run["expected_start_time"])).astimezone(ZoneInfo("Europe/Oslo"))
        for run in runs
        if run["auto_scheduled"]
    ]
    in_the_morning = [at for at in times if (at.hour, at.minute) == (8, 20)]
    assert in_the_morning
    assert all(at.weekday() < 5 for at in in_the_morning)
    assert {run["parameters"]["upstream"] for run in runs} == {"live"}  # type: ignore[index]


def test_no_two_schedules_fall_on_one_minute_and_kostra_days_have_a_second_run(
    server: Server,
) -> None:
    [deployment] = server.ask("deployments/filter", deployments={"name": {"any_": ["scheduled"]}})
    dates = {}
    for schedule in deployment["schedules"]:  # type: ignore[attr-defined]
        cron = CronSchedule.model_validate(schedule["schedule"])
        found = asyncio.run(cron.get_dates(300, start=datetime(2027, 1, 1, tzinfo=UTC)))
        dates[schedule["slug"]] = [at.astimezone(ZoneInfo("Europe/Oslo")) for at in found]
    assert not {*dates["weekdays"]} & {*dates["kostra"]}
    assert {(at.hour, at.minute) for at in dates["weekdays"]} == {(8, 20)}
    assert [(at.month, at.day) for at in dates["kostra"][:8]] == [
        (month, day) for month in (3, 6) for day in range(15, 19)
    ]


def test_each_run_ends_in_its_state_leaves_an_artifact_and_is_told_of_if_it_needs_somebody(
    server: Server, messages: Messages
) -> None:
    failed = server.ran(SCHEDULED, upstream="no-such-upstream")
    assert failed["state_name"] == "Failed"
    assert "not 'no-such-upstream'" in server.artifact(failed)
    assert "no-such-upstream" in messages.wait_for("digidistrikt: refresh Failed")

    published = server.ran(SCHEDULED, upstream="recorded")
    assert published["state_name"] == "Completed"
    with publish.reading(Settings(home=server.warehouse_home).warehouse) as con:
        [(run_id, figures)] = con.execute(
            "select run_id, (select count(value) from staging.observation) from mart.refresh_run"
        ).fetchall()
    artifact = server.artifact(published)
    assert f"# Refresh {run_id} from recorded" in artifact
    assert f"{figures} figures" in artifact
    heads = [line for line in artifact.splitlines() if line.startswith("## ")]
    assert heads == [
        "## Checks",
        "## What changed since the vintage before",
        "## Sources with figures",
    ]
    assert "| ssb_07459 |" in artifact
    assert "| klass_131 |" not in artifact  # it brings no figures

    # a report is asked for by what was published, and by that alone
    again = server.ran(SCHEDULED, upstream="recorded")
    assert again["state_name"] == "Unchanged"
    reports = {"name": {"any_": ["report"]}}
    [asked_for] = server.wait_for("flow_runs/filter", flows=reports)
    assert asked_for["parameters"] == {"file": "selections/three-networks.yaml"}
    server.work()
    completed = {"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}}
    [made] = server.wait_for("flow_runs/filter", flows=reports, flow_runs=completed)
    assert made["state_name"] == "Completed"
    page = server.warehouse_home / "reports" / "three-networks" / "report.html"
    assert page.is_file()
    gist = server.artifact(made)
    assert f"`{page.resolve()}`" in gist
    assert "6 cases from vintage" in gist
    assert "This is the first vintage." in gist
    assert (server.warehouse_home / "site" / "datapackage.json").is_file()
    assert "file://" not in gist


def test_a_refresh_with_a_stale_source_ends_stale_and_is_told_of(
    server: Server, messages: Messages
) -> None:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as upstream:
        upstream.misbehave(vanished, "tables/06944/metadata", times=None)
        home = server.folder / "stale"
        stale = server.ran(SCHEDULED, home=home, upstream=upstream.address)
    assert stale["state_name"] == "Stale"
    assert stale["state_type"] == "COMPLETED"
    artifact = server.artifact(stale)
    assert artifact.index("## Stale") < artifact.index("## Checks")
    assert "- ssb_06944: " in artifact
    assert "ssb_06944" in messages.wait_for("digidistrikt: refresh Stale")


def test_a_refresh_while_another_program_writes_fails_in_a_sentence(server: Server) -> None:
    home = server.folder / "held"
    home.mkdir()
    held = duckdb.connect(Settings(home=home).warehouse)
    try:
        run = server.ran(SCHEDULED, home=home, upstream="recorded")
    finally:
        held.close()
    assert run["state_name"] == "Failed"
    assert "another program has it open" in server.artifact(run)


def test_a_run_killed_with_its_worker_is_called_crashed_told_of_and_stands_in_nobody_s_way(
    server: Server, messages: Messages
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        address = f"http://127.0.0.1:{never_answers.getsockname()[1]}"
        run = server.started(SCHEDULED, home=server.folder / "killed", upstream=address)
        worker = subprocess.Popen(
            [*server.worker()],
            env=server.environment,
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        never_answers.settimeout(PATIENCE_SECONDS)
        never_answers.accept()
        # All at once, as when the power fails: a run that outlives its worker still says so.
        family = descendants_of(worker.pid)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in family:
                os.kill(pid, number)
        worker.wait()

    crashed = {"id": {"any_": [run]}, "state": {"type": {"any_": ["CRASHED"]}}}
    server.wait_for("flow_runs/filter", flow_runs=crashed)
    assert "no heartbeat" in messages.wait_for("digidistrikt: refresh Crashed")
    assert server.ran(SCHEDULED, upstream="recorded")["state_type"] == "COMPLETED"


def test_without_a_server_the_command_line_starts_what_it_needs(tmp_path: Path) -> None:
    home = tmp_path / "not" / "made" / "yet"
    environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "refresh", "--home", str(home)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Loaded from recorded" in done.stdout
    assert (home / "digidistrikt.duckdb").is_file()
    assert (home / "prefect").is_dir()


def test_a_terminated_refresh_leaves_no_server_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "refresh", "--json-log", "--home", str(home)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "planning" in line:
            break
    assert len(in_session_of(process.pid)) > 1, "the temporary API"
    process.terminate()
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 128 + signal.SIGTERM
    ended = time.monotonic() + PATIENCE_SECONDS
    while in_session_of(process.pid) and time.monotonic() < ended:
        time.sleep(0.1)
    assert in_session_of(process.pid) == []


def descendants_of(pid: int) -> list[int]:
    """A process and all that came of it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def in_session_of(pid: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it ended meanwhile
        if int(session) == pid and state != "Z":
            found.append(int(path.parent.name))
    return found


def test_importing_the_flows_makes_no_folder(tmp_path: Path) -> None:
    prefect_home, here = tmp_path / "prefect", tmp_path / "here"
    prefect_home.mkdir()
    here.mkdir()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", "import flows.refresh, flows.report"],
        env={"PREFECT_HOME": str(prefect_home), "HOME": str(here), "PYTHONPATH": str(root)},
        cwd=here,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(here.iterdir()) == []


def test_a_fault_is_told_once_and_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "refresh", "--home", str(tmp_path), "--only", "klass"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 5
    assert done.stderr.count("there is none yet") == 1
    assert "Traceback" not in done.stderr
