"""What is published says, in bokmål and English: the words of reports, and those in `words/`."""

from functools import cache
from pathlib import Path

from common.text import Language
from reports.page.wording import Wording

FOLDER = Path(__file__).with_name("words")


@cache
def words(language: Language) -> Wording:
    """The sentences of a language."""
    return Wording(language, FOLDER)
