"""A lake whose PostgreSQL and store have certificates of one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.errors import NAME_CERTIFICATES, InputError, SharedServerError, WarehouseError
from common.postgres import Service
from digidistrikt.opening import open_warehouse
from flows.settings import Settings
from tests.lake.lakes import MadeLake
from tests.lake.postgres import OWNER, PASSWORD
from tests.upstream.secured import KNOWN, ProxyServer, certificate, locked_door, serving, set_proxy
from warehouse import publish
from warehouse.targets import target

_NETWORKS = "from mart.network order by all"


@dataclass(frozen=True)
class SecuredLake:
    """A lake that is reached by TLS alone, and the certificate that both of its servers show."""

    made: MadeLake
    authority: Path
    database_port: int
    store_port: int

    def trust(self, monkeypatch: pytest.MonkeyPatch, *, database: bool, store: bool) -> None:
        """Has the settings name the certificate for the one, the other, or none."""
        folder = self.authority.parent
        known = self.authority if database else certificate(folder / "other", "other.example.no")
        (folder / "service.conf").write_text(
            f"[{self.made.database}]\nhost=127.0.0.1\nport={self.database_port}\n"
            f"dbname={self.made.database}\nuser={OWNER}\n"
            f"sslmode=verify-full\nsslrootcert={known}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("PGSERVICEFILE", str(folder / "service.conf"))
        if store:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(self.authority))
        else:
            monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)

    def networks(self) -> list[tuple[object, ...]]:
        """What a reader finds in it."""
        with open_warehouse(Path("none"), warehouse=self.made.name) as con:
            return con.execute(_NETWORKS).fetchall()


@pytest.fixture
def lake(
    made_lake: MadeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SecuredLake]:
    (tmp_path / "other").mkdir()
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"127.0.0.1:*:*:{OWNER}:{PASSWORD}\n", encoding="utf-8")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    authority = certificate(tmp_path, "store.example.no")
    store = int(made_lake.store.address.rpartition(":")[2])
    with (
        locked_door(authority, made_lake.postgres.port, is_postgres=True) as database_port,
        locked_door(authority, store) as store_port,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{store_port}")
        yield SecuredLake(made_lake, authority, database_port, store_port)


def test_a_lake_behind_certificates_of_ones_own_is_written_and_read_if_they_are_named(
    lake: SecuredLake, small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    untrusted = (
        f"{lake.made.files}: the store can't be read: its certificate is not trusted."
        f" {NAME_CERTIFICATES}"
    )
    lake.trust(monkeypatch, database=True, store=False)
    with pytest.raises(WarehouseError) as writing:
        target(lake.made.name).publish(small_home.warehouse)
    assert str(writing.value) == (
        f"{lake.made.name}: not brought up to date: {untrusted}"
        " It is as it was; the next refresh tries again, also one that finds nothing new."
    )
    lake.trust(monkeypatch, database=True, store=True)
    assert target(lake.made.name).vintage() is None
    assert target(lake.made.name).publish(small_home.warehouse)
    with publish.reading(small_home.warehouse) as con:
        assert lake.networks() == con.execute(_NETWORKS).fetchall() != []
    lake.trust(monkeypatch, database=True, store=False)
    with pytest.raises(WarehouseError) as reading:
        lake.networks()
    assert str(reading.value) == untrusted


def test_a_store_is_reached_through_a_proxy_and_a_proxy_that_lets_nothing_through_is_named(
    lake: SecuredLake, small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.trust(monkeypatch, database=True, store=True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://store.example.no")
    proxy = ProxyServer(lake.store_port)
    set_proxy(monkeypatch, proxy.place)
    with serving(proxy):
        assert target(lake.made.name).vintage() is None
        assert {*proxy.asked} == {("store.example.no:443", KNOWN)}
        proxy.status = 403
        with pytest.raises(WarehouseError, match=rf", by the proxy {proxy.place}\. Look at"):
            target(lake.made.name).publish(small_home.warehouse)


def test_certificates_that_are_not_known_or_not_there_are_told(
    lake: SecuredLake, small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.trust(monkeypatch, database=False, store=True)
    service = Service(lake.made.database)
    for ask in (lake.networks, lambda: service.connected("a test")):
        with pytest.raises((WarehouseError, SharedServerError)) as unknown:
            ask()
        assert "certificate verify failed" in str(unknown.value)
        assert str(unknown.value).endswith("in pg_service.conf: sslrootcert=FILE.")
        assert lake.made.database in str(unknown.value)
    lake.trust(monkeypatch, database=True, store=True)
    service.connected("a test").close()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there.pem")
    with pytest.raises(InputError, match=r"/not/there\.pem: there is no such file of cert"):
        target(lake.made.name).publish(small_home.warehouse)
