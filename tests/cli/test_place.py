"""What is read is the place that --warehouse, the setting or --home names, and never another."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from prompt_toolkit.history import FileHistory

from cli import prompt, ui
from cli.main import app
from common.errors import InputError, WarehouseError
from flows import configuration, provenance
from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import publish, web

OTHER = "20200101T000000Z-0000"
THEIR_CATALOGUE = "0123456789ab"
# What works on the home or asks publishers, and reads no warehouse that could be elsewhere.
OF_THE_HOME = {
    "add", "contracts", "contracts accept", "contracts diff", "contracts show", "doctor", "notify",
    "rebuild", "record", "refresh", "search", "select init", "table",
}  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with another vintage and a network of another name than in the home."""
    file = tmp_path_factory.mktemp("elsewhere") / "theirs.duckdb"
    shutil.copy(small_home.warehouse, file)
    with duckdb.connect(str(file)) as con:
        con.execute(
            f"update mart.refresh_run set run_id = '{OTHER}',"
            f" code_digest = code_digest || '+{THEIR_CATALOGUE}'"
        )
        con.execute("update raw.network set name = 'Elsewhere' where network_id = 'digiagder'")
    return file


@pytest.fixture
def set_elsewhere(elsewhere: Path, small_home: Settings) -> dict[str, str]:
    """The settings of who has a home and reads another place."""
    return {"DIGIDISTRIKT_HOME": str(small_home.home), "DIGIDISTRIKT_WAREHOUSE": str(elsewhere)}


def options(command: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each command with the names of its options."""
    yield path, {parameter.name for parameter in command.params}
    for name, part in getattr(command, "commands", {}).items():
        yield from options(part, f"{path} {name}".strip())


def test_a_command_with_a_home_reads_where_it_is_told_or_is_about_the_home() -> None:
    with_home = {
        path: names for path, names in options(typer.main.get_command(app)) if "home" in names
    }
    assert {path for path, names in with_home.items() if "warehouse" not in names} == OF_THE_HOME
    assert len(with_home) > 2 * len(OF_THE_HOME)


def test_the_setting_goes_before_the_home_and_a_home_that_is_typed_before_the_setting(
    set_elsewhere: dict[str, str], elsewhere: Path, small_home: Settings
) -> None:
    query = "select run_id from mart.refresh_run"
    assert OTHER in digidistrikt("sql", query, home=None, env=set_elsewhere).stdout
    ours = digidistrikt("sql", query, home=small_home.home, env=set_elsewhere)
    assert (ours.returncode, OTHER in ours.stdout) == (0, False)
    both = digidistrikt("sql", query, "--warehouse", elsewhere, home=small_home.home)
    assert OTHER in both.stdout


def test_status_says_where_the_vintage_is_that_is_not_of_the_home(
    set_elsewhere: dict[str, str], elsewhere: Path, small_home: Settings
) -> None:
    told = flat(digidistrikt("status", "-f", "table", home=None, env=set_elsewhere).stdout)
    assert f"Vintage {OTHER} from" in told
    assert f", in {elsewhere} " in told
    assert f"Last tried in {small_home.home} " in told
    ours = flat(digidistrikt("status", "-f", "table", home=small_home.home).stdout)
    assert OTHER not in ours
    assert ", in " not in ours.split("table_id")[0]


def test_a_model_is_built_of_what_the_setting_names(set_elsewhere: dict[str, str]) -> None:
    done = digidistrikt("model", "mart.network", home=None, env=set_elsewhere)
    assert done.returncode == 0, done.stderr
    assert "Elsewhere" in done.stdout


def test_ui_shows_a_copy_of_what_the_setting_names(
    set_elsewhere: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, program = tmp_path / "said", tmp_path / "duckdb"
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys, duckdb\n"
        "con = duckdb.connect(sys.argv[2])\n"
        "rows = con.execute('select run_id from mart.refresh_run').fetchall()\n"
        f"open({str(said)!r}, 'w').write(str(rows))\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(ui, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = digidistrikt("ui", home=None, env=set_elsewhere)
    assert done.returncode == 0, done.stderr
    assert said.read_text() == str([(OTHER,)])


def test_a_report_of_another_vintage_than_the_place_has_is_not_reproduced_from_the_home(
    set_elsewhere: dict[str, str], elsewhere: Path, small_home: Settings, tmp_path: Path
) -> None:
    query = "select run_id from mart.refresh_run"
    ours = digidistrikt("sql", query, home=small_home.home).stdout.split()[-1]
    (tmp_path / "selection.json").write_text(f'{{"vintage": "{ours}"}}', encoding="utf-8")
    done = digidistrikt("reproduce", tmp_path, home=None, env=set_elsewhere)
    assert (done.returncode, done.stdout) == (InputError.exit_code, "")
    assert f"{elsewhere}: it has vintage {OTHER} and not {ours}." in done.stderr


@pytest.mark.parametrize(
    "words",
    [["rebuild"], ["add", "no.csv", "--as", "x"], ["refresh", "--direct", "--only", "nothing"]],
    ids=" ".join,
)
def test_what_works_on_the_home_says_so_where_others_read_elsewhere(
    words: list[str], elsewhere: Path, tmp_path: Path
) -> None:
    env = {"DIGIDISTRIKT_WAREHOUSE": str(elsewhere), "DIGIDISTRIKT_HOME": str(tmp_path)}
    said = flat(digidistrikt(*words, home=None, env=env).stderr)
    assert (
        f"This works on {tmp_path / 'digidistrikt.duckdb'}. Commands that read show {elsewhere},"
        in said
    )
    of_home = digidistrikt(*words, home=None, env=env | {"DIGIDISTRIKT_WAREHOUSE": ""})
    assert "This works on" not in of_home.stderr


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("typo.duckdb", "typo.duckdb: there is no warehouse of that name. It is a file"),
        ("s3://key:made-up@figures/x", "s3: there is no warehouse of that name. "),
        ("site", "site: a published folder is read over the web; 'digidistrikt site site' serves"),
    ],
)
def test_what_names_no_place_is_refused_and_the_home_not_read_instead(
    where: str, told: str, tmp_path: Path, small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / web.PATH).parent.mkdir(parents=True)
    (tmp_path / "site").symlink_to(tmp_path)
    (tmp_path / web.PATH).touch()
    done = digidistrikt("sql", "select 1", "--warehouse", where, home=small_home.home)
    assert (done.returncode, done.stdout) == (WarehouseError.exit_code, "")
    assert told in flat(done.stderr)
    assert "made-up" not in done.stderr


def test_a_flow_reads_where_the_setting_says_unless_a_home_is_given(
    set_elsewhere: dict[str, str], elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in set_elsewhere.items():
        monkeypatch.setenv(name, value)
    assert str(configuration.settings().place) == str(elsewhere)
    given = configuration.settings(str(tmp_path))
    assert (given.reads_home, given.warehouse.parent) == (True, tmp_path)


@pytest.mark.parametrize("code", [provenance.of_reports, provenance.of_publications])
def test_who_cites_a_warehouse_names_the_own_catalogue_that_it_was_built_by(
    code: Callable[[duckdb.DuckDBPyConnection], tuple[str, str]],
    elsewhere: Path,
    small_home: Settings,
) -> None:
    with publish.reading(elsewhere) as theirs, publish.reading(small_home.warehouse) as ours:
        version, digest = code(ours)
        assert code(theirs) == (version, f"{digest}+{THEIR_CATALOGUE}")
    assert "+" not in digest


def test_who_has_no_home_yet_has_a_history_of_queries(tmp_path: Path) -> None:
    assert isinstance(prompt._history(tmp_path / "none" / "sql_history"), FileHistory)


def flat(text: str) -> str:
    return " ".join(text.split())
