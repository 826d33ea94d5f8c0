"""The HTTP server in front of the services, with what was asked of it and what goes wrong."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit

from tests.upstream.exchange import Answer, Question
from tests.upstream.faults import Fault, Misbehave
from tests.upstream.klass import Klass
from tests.upstream.limits import Limits
from tests.upstream.pxweb import PxWeb
from tests.upstream.registers import DataNorge, Enhetsregisteret, Statements

_WORTH_PACKING = 1_000


class Service(Protocol):
    """A publisher's service: answers a question whose path is below its own root."""

    def answer(self, question: Question) -> Answer: ...


@dataclass(frozen=True)
class Asked:
    """What one request was, and the status it was answered with."""

    method: str
    address: str
    status: int


@dataclass
class StandIn:
    """All services on one port of loopback, for as long as the `with` block lasts.

    `limits`, `statbank` and `klass` may be changed while it runs; `asked` lists every request.
    """

    port: int = 0
    limits: Limits = field(default_factory=Limits)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.statbank, self.klass = PxWeb(self.limits), Klass()
        self._services: dict[str, Service] = {
            "/data.ssb.no/api/pxwebapi/v2": self.statbank,
            "/data.ssb.no/api/klass/v1": self.klass,
            "/data.brreg.no/enhetsregisteret/api": Enhetsregisteret(),
            "/data.uutilsynet.no/dataset": Statements(),
            "/search.api.fellesdatakatalog.digdir.no": DataNorge(self.limits),
        }
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self.answer))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        """What `--upstream` takes."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def at(self, address: str) -> str:
        """Where an address of a real service is found here."""
        return f"{self.address}/{address.removeprefix('https://')}"

    def misbehave(self, misbehave: Misbehave, where: str = "", times: int | None = 1) -> None:
        """From now on, goes wrong at the addresses that hold `where`; None is for good."""
        self.faults.append(Fault(misbehave, where, times))

    def heal(self) -> None:
        """From now on, goes right."""
        self.faults.clear()

    def answer(self, question: Question) -> Answer:
        """The answer of the service asked, or what a fault makes of it."""
        with self._one_at_a_time:
            answer = self._answer(question)
            fault = next((fault for fault in self.faults if fault.meets(question)), None)
            if fault:
                answer = fault.misbehave(question, answer)
            self.asked.append(Asked(question.method, question.address, answer.status))
        return _packed(question, answer)

    def _answer(self, question: Question) -> Answer:
        for root, service in self._services.items():
            if question.path.startswith(f"{root}/"):
                return service.answer(replace(question, path=question.path.removeprefix(root)))
        return Answer(404)


def _packed(question: Question, answer: Answer) -> Answer:
    """A large body is compressed for a client that takes it so."""
    takes = "gzip" in question.headers.get("Accept-Encoding", "")
    if not takes or len(answer.body) < _WORTH_PACKING or "Content-Encoding" in answer.headers:
        return answer
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=gzip.compress(answer.body, 1, mtime=0), headers=headers)


def _handler(answer: Callable[[Question], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            question = Question(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                dict(self.headers),
                self.rfile.read(length),
                self.path,
            )
            found = answer(question)
            try:
                found.deliver(self, found)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """What was asked is kept in `StandIn.asked`, not printed."""

    return Handler
