"""A published folder on a web server: the same rows and answers, and nothing else is reached."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep

import duckdb
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import digidistrikt as dd
from common.errors import NAME_CERTIFICATES, WarehouseError
from digidistrikt.opening import open_warehouse
from flows import provenance
from publication import publish as publication
from publication.bundle import Imprint
from tests.command import Done, digidistrikt
from tests.lake.lakes import MadeLake
from tests.lake.ports import free_port
from tests.lake.vintages import TwoVintages
from tests.upstream.secured import (
    KNOWN,
    PASSWORD,
    ProxyServer,
    certificate,
    locked_door,
    serving,
    set_proxy,
)
from warehouse import publish, reading

NOT_TRUSTED = "no published warehouse can be read there: its certificate is not trusted."
_DIGEST = "select count(*), sum(md5_number_lower(row::varchar)) from (from mart.{}) as row"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server of files that answers requests for parts of them, as most do."""
    port = free_port()
    files = Starlette(routes=[Mount("/", StaticFiles(directory=folder))])
    server = uvicorn.Server(uvicorn.Config(files, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = monotonic() + 60
    while not server.started and monotonic() < until:
        sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def published_to(folder: Path, warehouse: Path) -> None:
    with publish.reading(warehouse) as con:
        publication.write(con, folder, Imprint(), provenance.of_publications(con))


@pytest.fixture(scope="module")
def folder(two: TwoVintages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the second of two vintages. Not to be changed."""
    made = tmp_path_factory.mktemp("web") / "site"
    published_to(made, two.file)
    return made


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


@pytest.fixture(scope="module")
def behind_tls(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A certificate of one's own, and the port on which the folder is served with it."""
    authority = certificate(tmp_path_factory.mktemp("certificate"), "data.example.no")
    with locked_door(authority, int(url.rpartition(":")[2])) as port:
        yield authority, port


def test_every_table_has_the_rows_of_the_file_also_as_of_a_vintage(
    url: str, two: TwoVintages
) -> None:
    with publish.reading(two.file) as file:
        tables = file.execute(
            "select table_name from duckdb_tables() where schema_name = 'mart'"
        ).fetchall()
    assert len(tables) > 30
    figures = []
    for as_of in (None, two.first, two.second):
        with (
            open_warehouse(two.home, as_of) as file,
            open_warehouse(Path("none"), as_of, warehouse=url) as web,
        ):
            for (table,) in tables:
                query = _DIGEST.format(table)
                assert web.execute(query).fetchall() == file.execute(query).fetchall(), table
            figures.append(web.execute(_DIGEST.format("observation")).fetchall())
    assert figures[1] != figures[2]


@pytest.mark.parametrize(
    "words",
    [
        ["sql", "from mart.series('population', 2019) order by all", "--format", "csv"],
        ["sql", "from mart.peers('1812', 5)", "--format", "csv"],
        ["describe", "observation"],
        ["series", "population", "--municipality", "Bodø", "--format", "csv"],
        ["municipality", "Bodø"],
        ["networks", "digiagder"],
    ],
    ids=" ".join,
)
def test_commands_answer_as_from_the_file(url: str, two: TwoVintages, words: list[str]) -> None:
    file = digidistrikt(*words, home=two.home)
    web = digidistrikt(*words, "--warehouse", f"{url}/index.html", home=Path("none"))
    assert (web.returncode, web.stderr) == (0, "")
    assert web.stdout == file.stdout != ""


def test_the_folder_published_of_a_lake_or_over_the_web_is_that_of_the_file(
    folder: Path, url: str, published: MadeLake, two: TwoVintages, tmp_path: Path
) -> None:
    """Also without the home, on the machine of somebody who has that place alone."""
    of_file = files_below(folder)
    assert len(of_file) > 1000
    for where in (url, published.name):
        env = {"DIGIDISTRIKT_WAREHOUSE": where, "DIGIDISTRIKT_HOME": str(tmp_path / "none")}
        done = digidistrikt("publish", "--out", tmp_path / "site", home=None, env=env)
        assert done.returncode == 0, done.stderr
        assert two.second in done.stdout
        assert files_below(tmp_path / "site") == of_file, where


def files_below(folder: Path) -> dict[str, str]:
    """The digest of each file of a folder."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_copy_of_a_folder_has_its_tables_and_macros(
    url: str, two: TwoVintages, tmp_path: Path
) -> None:
    reading.place(url).copy(tmp_path / "copy.duckdb")
    queries = [_DIGEST.format("observation"), "from mart.series('population', 2019) order by all"]
    with publish.reading(two.file) as file, publish.reading(tmp_path / "copy.duckdb") as con:
        for query in queries:
            assert con.execute(query).fetchall() == file.execute(query).fetchall() != []


def test_an_address_without_a_warehouse_is_told(url: str) -> None:
    done = digidistrikt("sql", "select 1", "--warehouse", f"{url}/data", home=None)
    assert done.returncode == 1
    assert f"{url}/data: no published warehouse can be read there: " in done.stderr
    assert "(HTTP 404 Not Found)" in done.stderr


def read(url: str) -> Done:
    words = ["sql", "select count(*) as networks from mart.network", "--format", "csv"]
    return digidistrikt(*words, "--warehouse", url, home=Path("none"))


def test_a_certificate_of_ones_own_is_trusted_if_it_is_named_and_else_told(
    behind_tls: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"https://127.0.0.1:{behind_tls[1]}"
    settings = tmp_path / "digidistrikt.toml"
    monkeypatch.setenv("DIGIDISTRIKT_CONFIG", str(settings))
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    settings.write_text("", encoding="utf-8")
    unknown = read(url)
    assert unknown.returncode == 1
    assert unknown.stderr == f"digidistrikt: {url}: {NOT_TRUSTED} {NAME_CERTIFICATES}\n"
    settings.write_text(f'ca_bundle = "{behind_tls[0]}"', encoding="utf-8")
    assert read(url).stdout.startswith("networks")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert dd.open(frames="arrow", warehouse=url).table("network").num_rows > 5
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(settings))
    assert f"there are no certificates in {settings}. {NAME_CERTIFICATES}" in read(url).stderr
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there.pem")
    lacking = read(url)
    assert lacking.returncode == 5
    assert "/not/there.pem: there is no such file of certificates" in lacking.stderr


def test_a_folder_is_read_through_a_proxy_whose_password_no_query_shows(
    behind_tls: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, port = behind_tls
    url, proxy = "https://data.example.no", ProxyServer(port)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    set_proxy(monkeypatch, proxy.place)
    with serving(proxy):
        with open_warehouse(Path("none"), warehouse=url) as con:
            assert con.execute("select count(*) from mart.network").fetchall() > [(5,)]
            for query in ("from duckdb_secrets()", "from duckdb_settings()"):
                assert PASSWORD not in str(con.execute(query).fetchall())
        assert {*proxy.asked} == {("data.example.no:443", KNOWN)}
        proxy.status = 403
        refused = read(url)
    assert refused.returncode == 1
    assert f"{url}: no published warehouse can be read there: " in refused.stderr
    assert f", by the proxy {proxy.place}. " in refused.stderr
    assert PASSWORD not in refused.stderr


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    where = "https://user:made-up@data.example.no/digidistrikt"
    done = digidistrikt("sql", "select 1", "--warehouse", where, home=None)
    assert done.returncode == 5
    assert "without user, password or key" in done.stderr
    assert "made-up" not in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "from 'http://127.0.0.1:9/x.parquet'",
        "from read_csv('/etc/passwd')",
        "copy (select 1) to '{folder}/x.csv'",
        "attach '{folder}/x.duckdb'",
        "set ca_cert_file = ''",
    ],
)
def test_a_query_reaches_the_folder_alone(url: str, tmp_path: Path, query: str) -> None:
    refused = "disabled by configuration|configuration has been locked"
    with (
        open_warehouse(Path("none"), warehouse=url) as con,
        pytest.raises(duckdb.Error, match=refused),
    ):
        con.execute(query.format(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_published_anew_is_told_and_never_mixed(
    folder: Path, two: TwoVintages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication.site, "write", lambda *_: None)  # pages are not the subject
    told = "was published anew since it was opened"
    site = tmp_path / "site"
    site.symlink_to(folder)

    def replaced_and_asked(con: duckdb.DuckDBPyConnection) -> None:
        site.unlink()
        published_to(site, two.first_file)
        con.execute("from mart.observation")

    with served(site) as url, dd.open(frames="arrow", warehouse=url) as before:
        assert before.table("network").num_rows > 5
        with (
            pytest.raises(WarehouseError, match=told),
            open_warehouse(Path("none"), warehouse=url) as con,
        ):
            replaced_and_asked(con)
        with pytest.raises(WarehouseError, match=told):
            before.table("observation")
