"""Behind a proxy: HTTPS through it, with a private certificate authority, and each way it fails."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from common.errors import InputError, UpstreamError
from sources.http import Request, Upstream

HOST = "data.ssb.no"
ADDRESS = f"https://{HOST}/api/klass/v1/classifications/131"
ANSWER = b'{"invented": true}'


def certificate(folder: Path) -> Path:
    """A certificate for the publisher's host that only its own authority vouches for, with key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
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


class Proxy(BaseHTTPRequestHandler):
    """Lets CONNECT through to one server, for who knows the password, or answers with a status."""

    server: "ProxyServer"

    def do_CONNECT(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization", "")))
        if self.server.status != 200:
            self.send_response(self.server.status)
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.behind) as other:
            ahead = threading.Thread(target=_pass_on, args=(self.connection, other))
            ahead.start()
            _pass_on(other, self.connection)
            ahead.join()
        self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Nothing is written."""


class ProxyServer(ThreadingHTTPServer):
    daemon_threads = True
    status = 200
    behind = ("127.0.0.1", 0)

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Proxy)
        self.asked: list[tuple[str, str]] = []


def _pass_on(giver: socket.socket, taker: socket.socket) -> None:
    try:
        while piece := giver.recv(65_536):
            taker.sendall(piece)
        taker.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of the two has had enough


class Publisher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_words: object) -> None:
        """Nothing is written."""


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def proxy(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProxyServer]:
    """A proxy before a publisher whose certificate only `authority` vouches for."""
    publisher = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(authority)
    publisher.socket = secured.wrap_socket(publisher.socket, server_side=True)
    proxy = ProxyServer()
    proxy.behind = ("127.0.0.1", publisher.server_address[1])
    for server in (publisher, proxy):
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    for variable in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    address = f"http://user:secret@127.0.0.1:{proxy.server_address[1]}"
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    yield proxy
    for server in (publisher, proxy):
        server.shutdown()
        server.server_close()


def refused(folder: Path) -> str:
    with Upstream("live", budget=folder / "budget.sqlite") as upstream:
        with pytest.raises(UpstreamError) as first:
            upstream.fetch(Request(ADDRESS))
        assert "secret" not in str(first.value)
        return str(first.value)


def test_a_publisher_is_asked_through_the_proxy_with_its_password_and_its_authority(
    tmp_path: Path, proxy: ProxyServer
) -> None:
    with Upstream("live", budget=tmp_path / "budget.sqlite") as upstream:
        assert upstream.fetch(Request(ADDRESS)).content == ANSWER
    assert proxy.asked == [(f"{HOST}:443", "Basic dXNlcjpzZWNyZXQ=")]


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (407, "It wants a user and password"),
        (403, f"Ask who runs it to open for {HOST}"),
        (502, "Is it the right one?"),
    ],
)
def test_a_proxy_that_lets_nothing_through_is_named_with_what_to_do_and_asked_once(
    tmp_path: Path, proxy: ProxyServer, status: int, advice: str
) -> None:
    proxy.status = status
    sentence = refused(tmp_path)
    assert f"the proxy 127.0.0.1:{proxy.server_address[1]} let nothing through" in sentence
    assert str(status) in sentence
    assert advice in sentence
    assert "HTTPS_PROXY" in sentence
    assert len(proxy.asked) == 1


def test_a_proxy_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    for variable in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{port}")
    assert f"the proxy 127.0.0.1:{port} let nothing through" in refused(tmp_path)


def test_a_certificate_nobody_vouches_for_is_refused_with_the_setting_that_names_one(
    tmp_path: Path, proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    sentence = refused(tmp_path)
    assert "its certificate is not trusted" in sentence
    assert "ca_bundle" in sentence
    assert len(proxy.asked) == 1


@pytest.mark.usefixtures("proxy")
def test_certificates_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there.pem")
    with (
        Upstream("live", budget=tmp_path / "budget.sqlite") as upstream,
        pytest.raises(InputError, match=r"/not/there\.pem"),
    ):
        upstream.fetch(Request(ADDRESS))
