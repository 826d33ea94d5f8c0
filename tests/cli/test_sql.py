"""`sql`: where a query comes from, what it may take, and where its result goes."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from flows.settings import Settings
from tests.command import digidistrikt, processor_seconds

QUERY = "-- municipalities of today; 357 since 2024\nselect count(*) as n from mart.municipality;\n"


@pytest.fixture(scope="module")
def home(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: the bounds of a query hold for all that one process has open of a file."""
    copy = Settings(home=tmp_path_factory.mktemp("asked"))
    shutil.copy(built.warehouse, copy.warehouse)
    return copy.home


def test_a_query_may_stand_in_a_file(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text(QUERY, encoding="utf-8-sig")
    assert digidistrikt("sql", "--file", file, home=home).stdout == "n\n357\n"


def test_a_query_may_come_from_standard_input(home: Path) -> None:
    assert digidistrikt("sql", home=home, stdin=QUERY).stdout == "n\n357\n"


@pytest.mark.parametrize("query", [QUERY, "-- a\nselect 357 as n", "--a\nselect 357 as n"])
def test_a_query_that_begins_with_a_comment_is_a_query(query: str, home: Path) -> None:
    assert digidistrikt("sql", query, home=home).stdout == "n\n357\n"
    assert digidistrikt("sql", "--format", "csv", query, home=home).stdout == "n\n357\n"


@pytest.mark.parametrize("words", [["--fle", "x.sql"], ["--no-such option"], ["--formt=a b"]])
def test_a_misspelt_option_is_no_query(words: list[str], home: Path) -> None:
    done = digidistrikt("sql", *words, home=home)
    assert done.returncode != 0
    assert done.stdout == ""


@pytest.mark.parametrize("query", ["", "  \n", ";", "-- nothing but a comment", "/* nothing */"])
def test_an_empty_query_is_one_sentence(query: str, home: Path) -> None:
    for words, stdin in ((("sql", query), ""), (("sql",), query)):
        done = digidistrikt(*words, home=home, stdin=stdin)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
        assert "it is empty; write one statement" in done.stderr


def test_several_statements_are_one_sentence(home: Path) -> None:
    done = digidistrikt("sql", "select 1; select ';'; select 3", home=home)
    assert (done.returncode, done.stdout) == (5, "")
    assert "it has 3 statements; write one statement" in done.stderr


def test_a_file_that_is_no_text_or_beside_a_query_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_bytes("select 'æ'".encode("latin-1"))
    done = digidistrikt("sql", "--file", file, home=home)
    assert done.returncode == 5
    assert "q.sql: this is not text in UTF-8" in done.stderr
    assert "not both" in digidistrikt("sql", "select 1", "--file", file, home=home).stderr
    assert "nothing.sql" in digidistrikt("sql", "--file", "nothing.sql", home=home).stderr


# --- bounds --------------------------------------------------------------------------------

ENDLESS = "select sum(a.range + b.range) as n from range(10000000) a, range(10000000) b"
# Takes minutes within one function, which DuckDB can't stop.
DEAF = (
    "select levenshtein(repeat('a', 300000 + n::integer), repeat('b', 300000)) from range(1) t(n)"
)
AS_OF = [(), ("--as-of", "2999-01-01")]


@pytest.mark.parametrize("as_of", AS_OF, ids=["today", "as of"])
def test_a_query_that_outgrows_its_memory_is_a_sentence_and_writes_nothing(
    as_of: tuple[str, ...], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    query = "select count(distinct range::varchar) from range(100000000)"
    done = digidistrikt("sql", query, "--memory", "200MB", *as_of, home=home)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "needs more memory than it may have" in done.stderr
    assert "temp_directory" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("as_of", AS_OF, ids=["today", "as of"])
def test_a_query_has_a_quarter_of_the_machines_memory(as_of: tuple[str, ...], home: Path) -> None:
    query = "select parse_formatted_bytes(current_setting('memory_limit')) as bytes"
    given = int(digidistrikt("sql", query, *as_of, home=home).stdout.split()[1])
    with duckdb.connect() as con:
        [(whole,)] = con.execute(query).fetchall()  # 80 percent of the machine's
    assert given == pytest.approx(whole / 0.8 / 4, rel=0.02)


def test_an_amount_of_memory_that_is_none_is_refused(home: Path) -> None:
    done = digidistrikt("sql", "select 1", "--memory", "plenty", home=home)
    assert done.returncode == 5
    assert "'plenty' is no amount of memory; write it as 2GB" in done.stderr


def test_a_query_ends_when_its_time_is_up(home: Path) -> None:
    done = digidistrikt("sql", ENDLESS, "--timeout", "0.2", home=home)
    assert (done.returncode, done.stdout) == (5, "")
    assert "did not end in 0.2 s" in done.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("query", [ENDLESS, DEAF], ids=["endless", "deaf"])
def test_ctrl_c_ends_any_query_at_once(query: str, home: Path) -> None:
    """The limit of a minute is far below what the queries take."""
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "sql", query, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while processor_seconds(process.pid) < 4:  # its imports take less than one
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=600)
    assert (process.returncode, out, err) == (130, b"", b"digidistrikt: interrupted.\n")


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digidistrikt.duckdb", "new.csv", "replies/new.csv"])
def test_nothing_is_written_into_the_home(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(home)
    before = Settings(home=home).warehouse.read_bytes()
    monkeypatch.chdir(home)
    for output in (home / name, Path(name), tmp_path / "link" / name):
        done = digidistrikt("sql", "select 1", "-f", "csv", "-o", output, home=home)
        assert (done.returncode, done.stdout) == (5, "")
        assert "lies in the home of the warehouse" in done.stderr
    assert Settings(home=home).warehouse.read_bytes() == before
    assert not (home / "new.csv").exists()


@pytest.mark.parametrize("query", ["select 1 as a, 2 as a", "select error('x') as a", ENDLESS])
@pytest.mark.parametrize("name", ["out.parquet", "out.json"])
def test_an_output_that_fails_leaves_the_file_that_was_there(
    query: str, name: str, home: Path, tmp_path: Path
) -> None:
    output = tmp_path / name
    output.write_text("what was there", encoding="utf-8")
    done = digidistrikt("sql", query, "-o", output, "--timeout", "2", home=home)
    assert done.returncode == 5
    assert output.read_text(encoding="utf-8") == "what was there"
    assert list(tmp_path.iterdir()) == [output]


def test_a_fault_in_a_late_row_leaves_the_file_that_was_there(home: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("what was there", encoding="utf-8")
    query = "select if(range = 900000, error('late'), 1) as n from range(1000000)"
    done = digidistrikt("sql", query, "-o", output, home=home)
    assert done.returncode == 5
    assert "late" in done.stderr
    assert output.read_text(encoding="utf-8") == "what was there"
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_may_be_a_device(home: Path) -> None:
    words = ("sql", "select 1", "-f", "csv", "-o", "/dev/null")
    assert digidistrikt(*words, home=home).returncode == 0


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.parquet", "out.markdown"])
def test_a_result_of_many_batches_is_written_whole(name: str, home: Path, tmp_path: Path) -> None:
    output = tmp_path / name
    done = digidistrikt("sql", "from range(25001) as t(n)", "-o", output, home=home)
    assert done.returncode == 0, done.stderr
    if name == "out.markdown":
        assert len(output.read_text(encoding="utf-8").splitlines()) == 25_003
    else:
        found = duckdb.sql(f"select count(*), sum(n) from '{output}'").fetchall()
        assert found == [(25_001, 25_000 * 25_001 // 2)]


# --- formats -------------------------------------------------------------------------------


def test_json_has_null_for_what_is_no_number(home: Path) -> None:
    query = "select 'nan'::double as a, ['inf'::float, 1.5] as b, 12.50::decimal(9, 2) as c"
    done = digidistrikt("sql", query, "-f", "json", home=home)

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    found = json.loads(done.stdout, parse_constant=refuse)
    assert found == [{"a": None, "b": [None, 1.5], "c": 12.5}]
    assert json.loads(digidistrikt("sql", "from range(0)", "-f", "json", home=home).stdout) == []


def test_two_columns_of_one_name_are_refused_where_one_would_be_lost(
    home: Path, tmp_path: Path
) -> None:
    query = "select 1 as n, 2 as n"
    for words in (("-f", "json"), ("-o", tmp_path / "x.parquet")):
        done = digidistrikt("sql", query, *words, home=home)
        assert done.returncode == 5
        assert "two columns are called 'n'" in done.stderr
    assert digidistrikt("sql", query, home=home).stdout == "n,n\n1,2\n"


def test_markdown_keeps_its_columns_whatever_a_cell_or_a_name_holds(home: Path) -> None:
    query = """select 'a|b\\' as "x|y", 'c' || chr(10) || 'd' as z"""
    done = digidistrikt("sql", query, "--format", "markdown", home=home)
    assert done.stdout == "| x\\|y | z |\n|---|---|\n| a\\|b\\\\ | c<br>d |\n"


@pytest.mark.parametrize("output_format", ["table", "csv", "markdown", "json"])
def test_data_cannot_steer_a_terminal(output_format: str, home: Path) -> None:
    query = "select 'a' || chr(27) || '[2J' || chr(7) || chr(155) as x"
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "cli.main", "sql", query, "-f", output_format),
            *("--home", str(home)),
        ],
        stdout=theirs,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
        timeout=600,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 10_000)
    os.close(ours)
    assert done.returncode == 0
    assert b"\x1b" not in shown
    assert b"\x07" not in shown
    assert b"[2J" in shown


# --- a warehouse that another program holds, and a pipe that can't write a letter ------------

HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
COMMANDS = [
    ("sql", "select 1"),
    ("sql", "select 1", "--as-of", "2999-01-01"),
    ("status",),
    ("catalog",),
    ("describe",),
    ("series", "population"),
    ("municipality", "Haram"),
    ("crosswalk",),
    ("networks",),
    ("networks", "digiagder"),
    ("cite", "population"),
    ("diff",),
]


def test_a_notebook_that_has_the_file_open_is_told_as_that(home: Path, tmp_path: Path) -> None:
    shutil.copy(Settings(home=home).warehouse, tmp_path)
    held = Settings(home=tmp_path).warehouse
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(held)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as notebook:
        assert notebook.stdin
        assert notebook.stdout
        assert notebook.stdout.readline() == b"open\n"
        for words in COMMANDS:
            done = digidistrikt(*words, home=tmp_path)
            assert (done.returncode, done.stdout) == (6, ""), words
            assert f"(PID {notebook.pid})" in done.stderr
            assert "read_only=True" in done.stderr
            assert "rebuild" not in done.stderr
        notebook.stdin.close()
    assert digidistrikt("sql", "select 1 as n", home=tmp_path).stdout == "n\n1\n"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("cp1252", b"\\u010d\xe6\\u014b"),
        ("cp850", b"\\u010d\x91\\u014b"),
        ("ascii", b"\\u010d\\xe6\\u014b"),
    ],
)
def test_a_letter_that_a_pipe_has_no_code_for_does_not_end_the_command(
    home: Path, encoding: str, written: bytes
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "sql", "select 'čæŋ' as x", "--home", str(home)],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split() == [b"x", written]


def test_whoever_has_read_enough_closes_the_pipe_without_a_word(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "sql", "from range(1000000)", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stdout.readline() == b"range\n"
    process.stdout.close()
    process.wait(timeout=600)
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()
