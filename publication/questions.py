"""The questions of the documentation, as examples of queries."""

import re
from functools import cache
from typing import NamedTuple

from common import shipped

_PAGE = "docs/questions.md"
_QUESTION = re.compile(r"^### (\d+)\. (.+?)\n\n```sql\n(.+?)\n```$", re.M | re.S)


class Question(NamedTuple):
    """A question in English, and the query that answers it."""

    number: int
    title: str
    query: str


@cache
def questions() -> list[Question]:
    """Every question, in the order of the page."""
    return [
        Question(int(number), title, query)
        for number, title, query in _QUESTION.findall(shipped.text(_PAGE))
    ]


def about(table: str) -> list[Question]:
    """The questions that are answered from a table of `mart`."""
    named = re.compile(rf"\bmart\.{table}\b(?!\()")
    return [question for question in questions() if named.search(question.query)]
