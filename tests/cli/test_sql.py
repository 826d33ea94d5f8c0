"""`sql`: where a query comes from, and what it may be."""

from pathlib import Path

import pytest

from flows.settings import Settings
from tests.command import digidistrikt

QUERY = "-- municipalities of today; 357 since 2024\nselect count(*) as n from mart.municipality;\n"


@pytest.fixture(scope="session")
def home(built: Settings) -> Path:
    return built.home


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
