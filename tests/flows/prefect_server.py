"""A real Prefect server on loopback with the deployments of prefect.yaml, and who is sent messages.

It keeps its states in PostgreSQL where the machine has it.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tests.flows.postgres import postgres

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 1200


class Server:
    """A Prefect server on loopback, its home in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.folder = folder
        self.warehouse_home = folder / "warehouse"
        self.environment = {
            **os.environ,
            "PREFECT_HOME": str(folder),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "DIGIDISTRIKT_HOME": str(self.warehouse_home),
            "DIGIDISTRIKT_CALLS_A_MINUTE": "1000000",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        }

    def prefect(self, *words: str) -> str:
        return self._run("prefect", "--no-prompt", *words)

    def digidistrikt(self, *words: str) -> str:
        return self._run("cli.main", *words)

    def _run(self, module: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def worker(self) -> list[str]:
        """The command of a worker that takes what is asked for, and ends."""
        words = ["--no-prompt", "worker", "start", "--pool", "digidistrikt", "--run-once"]
        return [sys.executable, "-m", "prefect", *words]

    def work(self) -> None:
        self.prefect(*self.worker()[4:])

    def pause(self, deployment: str) -> None:
        """No run of its schedules falls due any more."""
        path = f"{self.api}/deployments/{self._id(deployment)}/pause_deployment"
        requests.post(path, timeout=60).raise_for_status()

    def _id(self, deployment: str) -> object:
        [found] = self.ask("deployments/filter", deployments={"name": {"any_": [deployment]}})
        return found["id"]

    def started(self, deployment: str, **parameters: object) -> str:
        """Asks for a run, and returns its id."""
        texts = {name: str(value) for name, value in parameters.items()}
        path = f"{self.api}/deployments/{self._id(deployment)}/create_flow_run"
        answer = requests.post(path, json={"parameters": texts}, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def ran(self, deployment: str, **parameters: object) -> dict[str, object]:
        """A run that a worker took, when it has ended."""
        run = self.started(deployment, **parameters)
        self.work()
        ended = {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}
        return self.wait_for("flow_runs/filter", flow_runs={"id": {"any_": [run]}, "state": ended})[
            0
        ]

    def artifact(self, run: dict[str, object]) -> str:
        """What a run left to be read."""
        of_run = {"flow_run_id": {"any_": [run["id"]]}, "type": {"any_": ["markdown"]}}
        [artifact] = self.ask("artifacts/filter", artifacts=of_run)
        return str(artifact["data"])

    def ask(self, path: str, **body: object) -> list[dict[str, object]]:
        """The things a filter of the API finds."""
        answer = requests.post(f"{self.api}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        found = answer.json()
        listed = found["events"] if path == "events/filter" else found
        assert isinstance(listed, list)
        return listed

    def wait_for(self, path: str, **body: object) -> list[dict[str, object]]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if found := self.ask(path, **body):
                return found
            time.sleep(0.2)
        pytest.fail(f"nothing came of {path} within {PATIENCE_SECONDS} s")


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A server with the deployments of prefect.yaml, on PostgreSQL where the machine has it."""
    made = Server(folder)
    command = ["server", "start", "--host", "127.0.0.1", "--port", str(made.port), "--no-ui"]
    with postgres() as database:
        if database:
            made.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database
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
            for line in lines_of_the_docs("work-pool", "deploy"):
                made.prefect(*line)
            yield made
        finally:
            process.terminate()
            process.wait(timeout=600)


def lines_of_the_docs(*commands: str) -> list[list[str]]:
    """The lines of docs/operate.md that start with these commands of Prefect, as they stand."""
    text = (PROJECT / "docs" / "operate.md").read_text(encoding="utf-8")
    found = [line.split() for line in text.splitlines() if line.startswith("prefect --no-prompt")]
    lines = [words[2:] for words in found if words[2] in commands]
    assert [words[0] for words in lines] == list(commands)
    return lines


def _healthy(api: str) -> bool:
    try:
        return requests.get(f"{api}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


class Messages:
    """A webhook on loopback, and what was sent to it."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        messages = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                messages.append(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Nothing is written."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/hook?room=1"

    def wait_for(self, subject: str, number: int = 1) -> str:
        """The text of a message with a subject: the first, or the one of a number."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = [each["message"] for each in self.received if each["title"] == subject]
            if len(found) >= number:
                return found[number - 1]
            time.sleep(0.2)
        pytest.fail(f"no message '{subject}' in {self.received}")
