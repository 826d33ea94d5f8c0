"""The questions of the documentation: each query runs and gives what is written below it."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.settings import Settings
from warehouse import publish

PAGE = Path(__file__).parents[1] / "docs" / "questions.md"
QUESTION = re.compile(r"^### \d+\. (.+?)\n\n```sql\n(.+?)\n```\n\n```csv\n(.+?)\n```$", re.M | re.S)
QUESTIONS = QUESTION.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def con(built: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with publish.reading(built.warehouse) as opened:
        yield opened


def test_there_are_twenty_nine_questions() -> None:
    assert len(QUESTIONS) == PAGE.read_text("utf-8").count("\n### ") == 29


@pytest.mark.parametrize(("query", "answer"), [found[1:] for found in QUESTIONS])
def test_a_question_is_answered_as_the_page_says(
    con: duckdb.DuckDBPyConnection, query: str, answer: str
) -> None:
    cursor = con.execute(query)
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow([column[0] for column in cursor.description or ()])
    rows.writerows(cursor.fetchall())
    assert written.getvalue().rstrip() == answer
