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

import pytest
import requests
from prefect.server.schemas.schedules import CronSchedule

from flows.settings import Settings
from warehouse import publish

pytestmark = pytest.mark.thorough

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 1200


class Server:
    """A Prefect server on loopback, its home in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.warehouse_home = folder / "warehouse"
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(folder),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "DIGIDISTRIKT_HOME": str(self.warehouse_home),
        }

    def prefect(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *words],
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path: str, **body: object) -> list[dict[str, object]]:
        answer = requests.post(f"{self.api}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        found = answer.json()
        assert isinstance(found, list)
        return found

    def wait_for(self, path: str, **body: object) -> list[dict[str, object]]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if found := self.ask(path, **body):
                return found
            time.sleep(0.2)
        pytest.fail(f"nothing came of {path} within {PATIENCE_SECONDS} s")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the deployments of prefect.yaml and their work pool."""
    made = Server(tmp_path_factory.mktemp("prefect"))
    command = ["server", "start", "--host", "127.0.0.1", "--port", str(made.port), "--no-ui"]
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", *command],
        env=made.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not _healthy(made.api):
            assert time.monotonic() < until, "the server did not start"
            assert process.poll() is None, "the server ended"
            time.sleep(0.2)
        made.prefect("work-pool", "create", "digidistrikt", "--type", "process")
        made.prefect("deploy", "--all")
        yield made
    finally:
        process.terminate()
        process.wait(timeout=600)


def _healthy(api: str) -> bool:
    try:
        return requests.get(f"{api}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


def test_the_daily_deployment_really_produces_runs_at_0820_oslo(server: Server) -> None:
    scheduled = {"state": {"type": {"any_": ["SCHEDULED"]}}}
    runs = server.wait_for("flow_runs/filter", flow_runs=scheduled)
    times = [
        datetime.fromisoformat(str(run["expected_start_time"])).astimezone(ZoneInfo("Europe/Oslo"))
        for run in runs
        if run["auto_scheduled"]
    ]
    assert {(at.hour, at.minute) for at in times} == {(8, 20)}
    assert all(at.weekday() < 5 for at in times)
    assert {run["parameters"]["upstream"] for run in runs} == {"live"}  # type: ignore[index]


def test_the_kostra_deployment_covers_the_days_around_publication(server: Server) -> None:
    [deployment] = server.ask(
        "deployments/filter", deployments={"name": {"any_": ["refresh-kostra"]}}
    )
    [schedule] = deployment["schedules"]  # type: ignore[misc]
    cron = CronSchedule.model_validate(schedule["schedule"])
    found = asyncio.run(cron.get_dates(8, start=datetime(2027, 1, 1, tzinfo=UTC)))
    oslo = [at.astimezone(ZoneInfo("Europe/Oslo")) for at in found]
    assert [(at.month, at.day) for at in oslo] == [
        (month, day) for month in (3, 6) for day in range(15, 19)
    ]
    assert {(at.hour, at.minute) for at in oslo} == {(8, 20)}


def test_a_worker_runs_deployments_and_each_leaves_an_artifact(server: Server) -> None:
    daily, kostra = "refresh/refresh-daily", "refresh/refresh-kostra"
    # One after the other: a second refresh of the same home is told of the first, and fails.
    for deployment, upstream in ((kostra, "no-such-upstream"), (daily, "recorded")):
        server.prefect("deployment", "run", deployment, "--param", f"upstream={upstream}")
        server.prefect("worker", "start", "--pool", "digidistrikt", "--run-once")

    ended = {"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}}
    runs = {str(run["name"]): run for run in server.wait_for("flow_runs/filter", flow_runs=ended)}
    states = {name: run["state_type"] for name, run in runs.items()}
    assert states == {
        "refresh from recorded": "COMPLETED",
        "refresh from no-such-upstream": "FAILED",
    }
    written = server.ask("artifacts/filter", artifacts={"key": {"any_": ["refresh"]}})
    artifacts = {item["flow_run_id"]: str(item["data"]) for item in written}
    loaded = artifacts[runs["refresh from recorded"]["id"]]
    failed = artifacts[runs["refresh from no-such-upstream"]["id"]]
    with publish.reading(Settings(home=server.warehouse_home).warehouse) as con:
        [(run_id, figures)] = con.execute(
            "select run_id, (select count(value) from staging.observation) from mart.refresh_run"
        ).fetchall()
    assert f"# Refresh {run_id} from recorded" in loaded
    assert f"{figures} figures" in loaded
    assert "not 'no-such-upstream'" in failed

    # the refresh that ended well asks for a report, the one that failed does not
    reports = {"name": {"any_": ["report-after-refresh"]}}
    [asked_for] = server.wait_for("flow_runs/filter", deployments=reports)
    assert asked_for["parameters"] == {"file": "selections/three-networks.yaml"}
    server.prefect("worker", "start", "--pool", "digidistrikt", "--run-once")
    completed = {"state": {"type": {"any_": ["COMPLETED", "FAILED"]}}}
    [made] = server.wait_for("flow_runs/filter", deployments=reports, flow_runs=completed)
    assert made["state_type"] == "COMPLETED"
    [link] = server.ask("artifacts/filter", artifacts={"key": {"any_": ["report"]}})
    page = server.warehouse_home / "reports" / "three-networks" / "report.html"
    assert page.is_file()
    assert page.resolve().as_uri() in str(link["data"])


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
