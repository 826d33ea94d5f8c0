"""What SECURITY.md promises, tried: by statements, names, files and addresses that mean harm."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from cli.output import write_query
from common.errors import InputError, UpstreamError
from digidistrikt.opening import open_warehouse
from flows.settings import Settings
from sources.http import RequestLimits, Upstream
from sources.statbank import api
from tests.command import digidistrikt
from warehouse import publish

ROOT = Path(__file__).parents[2]
SECRET = "SECRET-OF-NOBODY"  # noqa: S105 - it is one


def test_every_promise_of_the_page_is_backed_by_a_test() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = re.findall(
        r"^- \*\*(.+?)\*\*(.*?)(?=^- \*\*|^\S|\Z)", page, re.MULTILINE | re.DOTALL
    )
    named = {title: re.findall(r"`(test_\w+)`", text) for title, text in promises}
    assert len(named) > 10
    assert [title for title, tests in named.items() if not tests] == []
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    assert {name for tests in named.values() for name in tests} <= there


# --- sql -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of its own, with a file beside it that is nobody's business."""
    made = tmp_path_factory.mktemp("sandbox")
    shutil.copy(built.warehouse, made)
    (made / "beside.csv").write_text(f"secret\n{SECRET}\n", encoding="utf-8")
    return made


@pytest.fixture
def untouched(home: Path) -> Iterator[None]:
    """Holds every file of the home against what it was."""

    def files() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in home.rglob("*")}

    before = files()
    yield
    assert files() == before


@pytest.fixture(scope="module", params=["now", "as of"])
def con(request: pytest.FixtureRequest, home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What `sql` and its prompt ask, and what `sql --as-of` does."""
    with open_warehouse(home, {"now": None, "as of": "2999-01-01"}[request.param]) as made:
        yield made


OUTSIDE = [
    "copy (select 1) to '{home}/out.csv'",
    "copy (select 1) to '{home}/digidistrikt.duckdb' (format csv, use_tmp_file false)",
    "copy (select 1) to '{home}/digidistrikt.duckdb.wal' (format csv, use_tmp_file false)",
    "explain analyze copy (select 1) to '{home}/digidistrikt.duckdb.wal' (use_tmp_file false)",
    "select 1; copy (select 1) to '{home}/out.csv'",
    "copy (select 1) to '/dev/stdout'",
    "export database '{home}/exported'",
    "import database '{home}'",
    "from read_csv('/etc/passwd')",
    "from read_text('{home}/beside.csv')",
    "from read_blob('{home}/digidistrikt.duckdb')",
    "from '{home}/beside.csv'",
    "from query('from read_csv(''{home}/beside.csv'')')",
    "from sniff_csv('{home}/beside.csv')",
    "from glob('{home}/*')",
    "from read_csv('https://127.0.0.1:9/x.csv')",
    "attach '{home}/other.duckdb'",
    "attach '{home}/digidistrikt.duckdb' as again",
    "detach warehouse; attach '{home}/digidistrikt.duckdb' as again; drop table again.mart.network",
    "install httpfs",
    "load httpfs",
    "load '{home}/x.duckdb_extension'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset disabled_filesystems",
    "set disabled_filesystems = ''",
    "set temp_directory = '{home}'",
    "set allowed_directories = ['/']",
    "pragma enable_external_access",
    "pragma profiling_output = '{home}/profile.json'",
    "call enable_logging(storage = 'file', storage_config = {{'path': '{home}/log'}})",
    "select getenv('HOME')",
    "create persistent secret s (type http)",
    "drop table mart.network",
    ".shell ls",
    ".read {home}/beside.csv",
]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("statement", OUTSIDE)
def test_sql_reaches_nothing_but_the_warehouse_and_changes_nothing(
    statement: str, con: duckdb.DuckDBPyConnection, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="this query does not run"):
        write_query(con, statement.format(home=home), "csv")
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("untouched")
def test_a_second_reader_of_one_process_is_sandboxed_as_the_first(home: Path) -> None:
    warehouse = Settings(home=home).warehouse
    for _ in range(2):
        with publish.reading(warehouse) as first, publish.reading(warehouse) as second:
            for con in (first, second):
                [(locked,)] = con.execute("select current_setting('lock_configuration')").fetchall()
                assert locked
                with pytest.raises(Exception, match="LocalFileSystem has been disabled"):
                    con.execute(f"from read_blob('{warehouse}')")


# --- paths ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("wanted", ["../../x", "/x", "x/y", "..", "x\n", "X", ""])
def test_an_added_file_gets_no_name_that_leads_out_of_its_folder(
    wanted: str, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text("kommunenr;år;poeng\n0301;2024;3,5\n", encoding="utf-8")
    done = digidistrikt("add", file, "--as", wanted, "--value", "poeng=ok", "--yes", home=home)
    assert done.returncode == InputError.exit_code, done.stdout
    assert "can't be an id" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


# --- secrets -------------------------------------------------------------------------------


def test_a_password_in_an_address_is_refused_before_it_is_said_or_kept(tmp_path: Path) -> None:
    for address in (f"http://me:{SECRET}@127.0.0.1:9", f"http://127.0.0.1:9/?key={SECRET}"):
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "refresh", "--home", str(tmp_path)],
            env={**os.environ, "DIGIDISTRIKT_UPSTREAM": address},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 5
        assert "belongs in .netrc" in done.stderr
        assert SECRET not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["http://", "", "no-such://"])
def test_a_proxys_password_is_not_told(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}me:{SECRET}@127.0.0.1:9")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    limits = RequestLimits(attempts=1)
    with (
        Upstream("live", budget=tmp_path / "budget.sqlite", limits=limits) as upstream,
        pytest.raises(UpstreamError) as error,
    ):
        api.cell_limit(upstream)
    assert SECRET not in str(error.value)
    assert SECRET.encode() not in (tmp_path / "budget.sqlite").read_bytes()
