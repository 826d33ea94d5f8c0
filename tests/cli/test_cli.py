"""The command line as a script and as a person use it, on a real warehouse."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from cli.main import app
from common import tables
from common.errors import EXIT_CODES
from flows.settings import Settings
from sources import catalogue
from tests.command import digidistrikt

POPULATION = (
    "select count(*) as n, sum(value) as people from mart.observation"
    " where indicator_id = 'population' and period = '2026'"
)


@pytest.fixture(scope="session")
def home(built: Settings) -> Path:
    return built.home


@pytest.mark.parametrize(
    "words",
    [
        ["sql", "select 42"],
        ["status"],
        ["catalog", "nurse"],
        ["describe", "observation"],
        ["networks", "digiagder"],
        ["cite", "population"],
        ["contracts"],
    ],
    ids=" ".join,
)
def test_what_answers_at_once_imports_nothing_heavy(words: list[str], home: Path) -> None:
    heavy = {"prefect", "pandas", "pyjstat"}
    if words != ["contracts"]:  # which reads the catalogue
        heavy |= {"numpy", "pyarrow", "openpyxl"}
    if words[0] == "sql":  # it is asked most often
        heavy |= {"rich", "filelock", "requests", "digidistrikt.warehouse", "cli.status"}
    code = (
        "import sys; from cli.main import app; "
        f"app({[*words, '--home', str(home)]!r}, standalone_mode=False); "
        f"sys.exit(' '.join({heavy!r} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_pipe_gets_csv(home: Path) -> None:
    done = digidistrikt("sql", POPULATION, home=home)
    assert list(csv.reader(io.StringIO(done.stdout))) == [["n", "people"], ["357", "5627400"]]


def test_what_sql_writes_is_not_altered(home: Path, tmp_path: Path) -> None:
    """It is for programs, which do not calculate what they read."""
    query = "select '=1+1' as a, '@x' as b, chr(9) || '-2' as c"
    done = digidistrikt("sql", query, home=home)
    assert done.stdout == "a,b,c\n=1+1,@x,\t-2\n"
    digidistrikt("sql", query, "-o", str(tmp_path / "out.csv"), home=home)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == done.stdout


def test_json_keeps_types(home: Path) -> None:
    done = digidistrikt("sql", POPULATION, "--format", "json", home=home)
    assert json.loads(done.stdout) == [{"n": 357, "people": 5627400.0}]


def test_markdown_is_a_table(home: Path) -> None:
    query = "select null as nothing, 'a | b' as text"
    done = digidistrikt("sql", query, "--format", "markdown", home=home)
    assert done.stdout == "| nothing | text |\n|---|---|\n| NULL | a \\| b |\n"


def test_a_file_is_written_in_the_format_of_its_name(home: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.json", "out.parquet"):
        assert (
            digidistrikt("sql", POPULATION, "-o", str(tmp_path / name), home=home).returncode == 0
        )
        found = duckdb.sql(f"select n, people from '{tmp_path / name}'").fetchall()
        assert found == [(357, 5627400)]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["sql", "selec 1"], 5, "this query does not run"),
        (["sql", "create table mart.x as select 1"], 5, "read-only"),
        (["sql", "from read_csv('/etc/hostname')"], 5, "disabled"),
        (["sql", "select 1", "-f", "parquet"], 5, "add --output FILE.parquet"),
        (["sql", "select 1", "-o", "no/such/folder/x.csv"], 5, "no/such/folder"),
        (["sql", "select 1", "-o", "x.docx"], 5, "--format"),
        (["describe", "obsrevation"], 5, "observation"),
        (["catalog", "no-such-word"], 5, "no indicator or trait has 'no-such-word'"),
        (["refresh", "--direct", "--upstream", "tomorrow"], 5, "not 'tomorrow'"),
        (["refresh", "--direct", "--only", "ssb_7459"], 5, "ssb_07459"),
    ],
)
def test_bad_input_is_one_sentence_and_an_exit_code(
    words: list[str], code: int, sentence: str, home: Path
) -> None:
    done = digidistrikt(*words, home=home)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each command below one, with the words that lead to it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}".strip())


COMMANDS = dict(commands(get_command(app)))
EXAMPLES = [
    shlex.split(command.epilog.removeprefix("Example: digidistrikt "))
    for command in COMMANDS.values()
    if command.epilog
]
READS = {
    "catalog",
    "cite",
    "crosswalk",
    "describe",
    "municipality",
    "networks",
    "series",
    "sql",
    "status",
}


@pytest.mark.parametrize(
    "words",
    [words for words in EXAMPLES if words[0] in READS and words[1:2] != ["check"]],
    ids=" ".join,
)
def test_the_example_in_the_help_of_what_reads_the_warehouse_answers(
    words: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*words, "--home", str(home)])
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert done.exit_code == 0, done.exception
    assert len((done.stdout or written).splitlines()) > 1


def test_networks_tells_how_many_members_rest_on_which_evidence(home: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(digidistrikt("networks", home=home).stdout)))
    told = {row["network_id"]: (row["members"], row["by_basis"]) for row in rows}
    assert told["digitale_helgeland"] == ("16", "16 named_in_source")
    assert told["diginordland"] == ("41", "41 source_says_all_in_county (weak)")
    assert told["digihordaland"] == ("0", "")


@pytest.mark.parametrize("command", ["sql", "status", "catalog", "networks"])
def test_without_a_warehouse_the_way_to_one_is_told(command: str, tmp_path: Path) -> None:
    words = [command, "select 1"] if command == "sql" else [command]
    done = digidistrikt(*words, home=tmp_path)
    assert done.returncode == 1
    assert "digidistrikt refresh" in done.stderr


def test_only_keeps_the_other_tables_as_they_were(home: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(home, tmp_path / "home"))
    done = digidistrikt("refresh", "--direct", "--only", "uutilsynet_statements", home=copy)
    assert done.returncode == 0, done.stderr
    asked = [line for line in done.stderr.splitlines() if line.startswith("fetching")]
    assert asked == [f"fetching uutilsynet_statements, {page} of 6" for page in range(1, 7)]
    assert "Nothing new since" in done.stdout


def test_a_refresh_that_found_nothing_new_is_told_in_json_and_by_status(
    tmp_path: Path, small_catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FOLDER", small_catalogue)
    first = digidistrikt("refresh", "--direct", "--json-log", home=tmp_path)
    messages = [json.loads(line)["message"] for line in first.stderr.splitlines()]
    assert messages[0] == "asking what changed"
    assert messages[-2:] == ["publishing", "published"]
    assert "Last tried" not in digidistrikt("status", "-f", "table", home=tmp_path).stdout
    assert digidistrikt("refresh", "--direct", home=tmp_path).returncode == 0
    told = digidistrikt("status", "-f", "table", home=tmp_path).stdout
    assert re.search(r"Last tried \S+: nothing new", told)


@pytest.mark.thorough
def test_recordings_are_not_made_from_a_live_service_that_does_not_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": ""}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "record", "--into", str(tmp_path / "recorded")],
        env={**environment, "DIGIDISTRIKT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 4
    assert not (tmp_path / "recorded").exists()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_an_example(path: str) -> None:
    done = CliRunner().invoke(app, [*path.split(), "--help"])
    assert done.exit_code == 0
    assert "Example" in done.output or not path


def test_the_exit_codes_are_in_the_help() -> None:
    for words in (["--help"], ["refresh", "--help"]):
        shown = " ".join(re.sub(r"[│╭╮╰╯─]", " ", CliRunner().invoke(app, words).output).split())
        assert EXIT_CODES in shown


def test_each_line_of_the_json_log_is_of_its_run_with_its_calls_and_seconds(
    home: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(home, tmp_path / "home"))
    words = ["refresh", "--direct", "--json-log", "--only", "uutilsynet_statements", "--upstream"]
    done = digidistrikt(*words, "recorded", home=copy)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    [run_id] = {line["run_id"] for line in lines}
    assert all(line.keys() >= {"time", "level", "message", "calls", "seconds"} for line in lines)
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)
    assert {line.get("table") for line in lines} == {None, "uutilsynet_statements"}
    [noted] = (copy / "refreshes.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    noted_line = json.loads(noted)
    assert {key: noted_line[key] for key in ("run_id", "calls")} == {
        "run_id": run_id,
        "calls": lines[-1]["calls"],
    }
    assert noted_line["seconds"] <= lines[-1]["seconds"]

    failed = digidistrikt(*words, "http://127.0.0.1:9", "--only", "no-such", home=copy)
    assert failed.returncode == 5
    [told] = [json.loads(line) for line in failed.stderr.splitlines()]
    assert (told["level"], told["exit_code"]) == ("ERROR", 5)
    assert "there is no such table" in told["message"]


def test_the_prompt_answers_completes_and_leaves(home: Path) -> None:
    with prompt(home) as (terminal, process):
        os.write(terminal, b"select count(*) + 39643 from mart.municipality;\r")
        _until(terminal, b"40000")
        os.write(terminal, b"selec\r")
        _until(terminal, b"does not run", b"digidistrikt>")
        os.write(terminal, b"\x04")
        assert process.wait(timeout=2000) == 0
    assert "mart.municipality" in (home / "sql_history").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_the_prompt_survives_faults_comments_and_interrupts_in_a_home_it_cannot_write_to(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "sql_history").mkdir()  # nobody, not even root, can write to it as to a file
    shutil.copy(Settings(home=home).warehouse, tmp_path)
    with prompt(tmp_path) as (terminal, process):
        for typed, told in (
            (b"-- only a comment\r", b"it is empty"),
            (b"select 1; select 2\r", b"it has 2 statements"),
            (b"select error('no' || chr(27) || '[2J')\r", b"no\\x1b[2J"),
            (b"select list(range) from range(1000000000000)\r", b"more memory than"),
            (b"half a query\x03", b"interrupted"),
        ):
            os.write(terminal, typed)
            _until(terminal, told, b"digidistrikt>")
        os.write(
            terminal, b"select sum(a.range + b.range) from range(10000000) a, range(9000000) b\r"
        )
        time.sleep(2)
        os.write(terminal, b"\x03")
        _until(terminal, b"interrupted")
        os.write(terminal, b"select 39643 + 357 as n\r")
        _until(terminal, b"40000")
        os.write(terminal, b"exit\r")
        assert process.wait(timeout=2000) == 0


@contextmanager
def prompt(home: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A terminal of its own with the prompt in it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "sql", "--memory", "300MB", "--home", str(home)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509 - for Ctrl-C; this test has one thread
    )
    os.close(theirs)
    try:
        _until(ours, b"digidistrikt>")
        yield ours, process
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _until(terminal: int, *words: bytes) -> None:
    """Reads until the words have come, each behind the one before, which may be in one reading."""
    said, until = b"", time.monotonic() + 200
    for word in words:
        while word not in said:
            ready, _, _ = select.select([terminal], [], [], max(0, until - time.monotonic()))
            assert ready, said
            said += os.read(terminal, 4096)
        said = said.partition(word)[2]


def test_a_wide_result_is_never_squeezed() -> None:
    columns = [f"column_number_{number}" for number in range(20)]
    rows = [tuple(range(number, number + 20)) for number in range(5)]
    out = io.StringIO()
    tables.render(columns, rows, Console(file=out, width=80))
    lines = out.getvalue().splitlines()
    assert lines[0].split() == columns[:4]
    assert lines[1].split() == ["0", "1", "2", "3"]
    assert "column_number_19" in out.getvalue()


def test_few_wide_rows_are_turned_on_their_side() -> None:
    columns = [f"column_number_{number}" for number in range(20)]
    out = io.StringIO()
    tables.render(columns, [tuple(range(20))], Console(file=out, width=80))
    assert [line.split() for line in out.getvalue().splitlines()[:2]] == [
        ["column_number_0", "0"],
        ["column_number_1", "1"],
    ]


def test_a_message_from_outside_cannot_steer_a_terminal(home: Path, tmp_path: Path) -> None:
    """The reason why a source failed is in words of whoever answered."""
    shutil.copy(Settings(home=home).warehouse, tmp_path)
    with duckdb.connect(str(Settings(home=tmp_path).warehouse)) as con:
        con.execute(
            "update mart.source_table set outcome = 'failed',"
            " message = 'no' || chr(27) || '[2J[red]' || chr(7) where table_id = 'ssb_14534'"
        )
    shown = digidistrikt("status", "--format", "table", home=tmp_path).stdout
    assert "stale ssb_14534: no\\x1b[2J[red]\\x07\n" in shown
    done = digidistrikt("describe", "\x1b[2J", home=home)
    assert done.returncode == 5
    assert "\x1b" not in done.stderr
