"""A real HTTP server on loopback that answers by a script and notes what it was asked."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest

from sources.http import RequestLimits, Upstream


@dataclass(frozen=True)
class Scripted:
    """One reply, and what goes wrong with it."""

    body: bytes
    status: int
    headers: Mapping[str, str]
    fault: Literal["", "hang", "reset", "half"] = ""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; `at` is the wall clock in seconds."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class ScriptedServer:
    """Gives its replies one after the other; the last one is given again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._script: list[Scripted] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, said: object = None, status: int = 200, **headers: str) -> None:
        """Adds a reply: bytes as they are, all else as JSON. `Retry_After` is `Retry-After`."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        spelled = {name.replace("_", "-"): text for name, text in headers.items()}
        self._script.append(
            Scripted(body, status, {"Content-Type": "application/json"} | spelled),
        )

    def fails(self, fault: Literal["hang", "reset", "half"]) -> None:
        """Adds a reply that never comes, breaks the connection, or stops half-way."""
        self._script.append(Scripted(b'{"title": "only half of it"}', 200, {}, fault))

    def close(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def _next(self, asked: Asked) -> Scripted:
        with self._lock:
            self.asked.append(asked)
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                at, length = time.time(), int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                reply = server._next(Asked(self.command, self.path, dict(self.headers), body, at))
                if reply.fault == "hang":
                    server._over.wait()
                elif reply.fault == "reset":
                    at_once = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                else:
                    self._answer(reply, reply.body[: 10 if reply.fault == "half" else None])

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

            def _answer(self, reply: Scripted, sent: bytes) -> None:
                self.send_response(reply.status)
                for name, text in reply.headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: object) -> None:
                """Says nothing on the terminal."""

        return Handler


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    running = ScriptedServer()
    yield running
    running.close()


@pytest.fixture
def towards(server: ScriptedServer, tmp_path: Path) -> Iterator[Callable[..., Upstream]]:
    """Opens sessions, towards the scripted server unless told otherwise, that wait for nothing."""
    opened: list[Upstream] = []

    def open_session(name: str = server.address, **limits: float) -> Upstream:
        patience = {
            "requests": 1000,
            "per_seconds": 0.1,
            "first_wait_seconds": 0,
            "read_seconds": 5,
        }
        chosen = RequestLimits(**patience | limits)
        opened.append(Upstream(name, budget=tmp_path / "requests.sqlite", limits=chosen))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()
