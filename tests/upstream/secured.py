"""What stands between us and a service: certificates that nobody knows, and a proxy."""

import asyncio
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from queue import SimpleQueue

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "user", "made-up-password"
KNOWN = f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
"""What a proxy is told by who has both."""


def certificate(folder: Path, host: str) -> Path:
    """A certificate for a host and for loopback that only itself vouches for, with its key.

    What is to be trusted may have the key in it too, as nothing but the certificate is read of it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    places = [x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "authority.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def secured(authority: Path) -> ssl.SSLContext:
    """How a server shows a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    return context


class _Proxy(BaseHTTPRequestHandler):
    """Lets CONNECT through to one server, or answers with a status."""

    server: "ProxyServer"

    def do_CONNECT(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization", "")))
        if self.server.status != 200:
            self.send_response(self.server.status)
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.server.behind)) as other:
            ahead = threading.Thread(target=_pass_on, args=(self.connection, other))
            ahead.start()
            _pass_on(other, self.connection)
            ahead.join()
        self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Nothing is written."""


class ProxyServer(ThreadingHTTPServer):
    """A proxy before the server at the port `behind`, whatever host is asked for.

    `asked` has each place it was to go to, with what it was told of who asks.
    """

    daemon_threads = True
    status = 200

    def __init__(self, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _Proxy)
        self.behind = behind
        self.asked: list[tuple[str, str]] = []

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


def _pass_on(giver: socket.socket, taker: socket.socket) -> None:
    try:
        while piece := giver.recv(65_536):
            taker.sendall(piece)
        taker.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of the two has had enough


@contextmanager
def locked_door(authority: Path, behind: int, *, is_postgres: bool = False) -> Iterator[int]:
    """The port of a door that speaks TLS, before a server on loopback that does not.

    PostgreSQL is first asked, in eight bytes, whether it can.
    """

    async def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if is_postgres:
            await reader.readexactly(8)
            writer.write(b"S")
        try:
            await writer.start_tls(secured(authority))
        except (ssl.SSLError, ConnectionError):
            return  # who came does not trust the certificate
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", behind)
        with suppress(asyncio.CancelledError):  # the door is closed
            await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))

    async def carry(giver: asyncio.StreamReader, taker: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # one of the two has had enough
            while piece := await giver.read(65_536):
                taker.write(piece)
                await taker.drain()
        taker.close()

    opened: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()

    async def stand() -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        server = await asyncio.start_server(enter, "127.0.0.1", 0)
        opened.put(
            (server.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(over.set))
        )
        await over.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(stand(),))
    thread.start()
    port, close = opened.get(timeout=60)
    try:
        yield port
    finally:
        close()
        thread.join()


@contextmanager
def serving(*servers: ThreadingHTTPServer) -> Iterator[None]:
    """Lets servers answer for as long as the block lasts."""
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def set_proxy(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Names a proxy in the environment, with a user and a password, and no other."""
    for variable in ("https_proxy", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{USER}:{PASSWORD}@{place}")
