"""HTTPS with a private certificate authority, behind a proxy too, and each way it fails."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.errors import NAME_CERTIFICATES, InputError, UpstreamError
from sources.http import Request, Upstream
from tests.sources.questions import Towards
from tests.upstream.secured import (
    KNOWN,
    PASSWORD,
    ProxyServer,
    certificate,
    locked_door,
    secured,
    serving,
    set_proxy,
)

HOST = "data.ssb.no"
ADDRESS = f"https://{HOST}/api/klass/v1/classifications/131"
ANSWER = b'{"invented": true}'


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
    return certificate(tmp_path, HOST)


@pytest.fixture
def proxy(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProxyServer]:
    """A proxy before a publisher whose certificate only `authority` vouches for."""
    publisher = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    publisher.socket = secured(authority).wrap_socket(publisher.socket, server_side=True)
    proxy = ProxyServer(publisher.server_address[1])
    set_proxy(monkeypatch, proxy.place)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    with serving(publisher, proxy):
        yield proxy


def refused(folder: Path) -> str:
    with Upstream("live", budget=folder / "budget.sqlite") as upstream:
        with pytest.raises(UpstreamError) as first:
            upstream.fetch(Request(ADDRESS))
        assert PASSWORD not in str(first.value)
        return str(first.value)


def test_a_publisher_is_asked_through_the_proxy_with_its_password_and_its_authority(
    tmp_path: Path, proxy: ProxyServer
) -> None:
    with Upstream("live", budget=tmp_path / "budget.sqlite") as upstream:
        assert upstream.fetch(Request(ADDRESS)).content == ANSWER
    assert proxy.asked == [(f"{HOST}:443", KNOWN)]


def test_a_publisher_without_a_proxy_is_asked_if_its_certificate_is_named(
    server: Any, towards: Towards, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.says({"invented": True})
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    with locked_door(authority, int(server.address.rpartition(":")[2])) as port:
        with pytest.raises(UpstreamError, match="its certificate is not trusted") as unknown:
            towards(f"https://127.0.0.1:{port}").fetch(Request(ADDRESS))
        assert str(unknown.value).startswith(f"{ADDRESS}: ")
        assert str(unknown.value).endswith(NAME_CERTIFICATES)
        assert server.asked == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
        reply = towards(f"https://127.0.0.1:{port}").fetch(Request(ADDRESS))
    assert reply.content == ANSWER


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
    set_proxy(monkeypatch, f"127.0.0.1:{port}")
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
