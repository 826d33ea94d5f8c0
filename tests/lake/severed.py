"""A way to PostgreSQL on loopback that is cut at a COMMIT."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.lake.lakes import MadeLake

# As a client of PostgreSQL sends it, in a message of its own.
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class Severed:
    """Passes connections on to a port; the next that sends a COMMIT once it `is_armed` is cut.

    `is_sent`: the server gets the COMMIT, and its answer is lost; else it does not get it.
    """

    def __init__(self, to: int, *, is_sent: bool) -> None:
        self._to, self._is_sent = to, is_sent
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.is_armed = False
        self.cut = 0
        _in_thread(self._listen)

    def close(self) -> None:
        """Takes no more connections."""
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                is_cut = threading.Event()
                _in_thread(self._ask, client, server, is_cut)
                _in_thread(self._answer, client, server, is_cut)

    def _ask(self, client: socket.socket, server: socket.socket, is_cut: threading.Event) -> None:
        with suppress(OSError):
            while said := client.recv(1 << 16):
                if self.is_armed and _COMMIT in said:
                    self.is_armed, self.cut = False, self.cut + 1
                    is_cut.set()
                    if not self._is_sent:
                        break
                server.sendall(said)
        _close(server)

    def _answer(
        self, client: socket.socket, server: socket.socket, is_cut: threading.Event
    ) -> None:
        with suppress(OSError):
            while (said := server.recv(1 << 16)) and not is_cut.is_set():
                client.sendall(said)
        _close(client)


def _in_thread(what: object, *given: object) -> None:
    threading.Thread(target=what, args=given, daemon=True).start()  # type: ignore[arg-type]


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def severed(made_lake: MadeLake, *, is_sent: bool) -> Iterator[Severed]:
    """The way on which the service of a lake leads for as long as the block; see Severed."""
    files = [Path(os.environ[name]) for name in ("PGSERVICEFILE", "PGPASSFILE")]
    before = [file.read_text(encoding="utf-8") for file in files]
    port = made_lake.postgres.port
    found = Severed(port, is_sent=is_sent)
    try:
        for file, text in zip(files, before, strict=True):
            file.write_text(text.replace(str(port), str(found.port)), encoding="utf-8")
        yield found
    finally:
        found.close()
        for file, text in zip(files, before, strict=True):
            file.write_text(text, encoding="utf-8")
