"""The front page of a published folder, in each language: what is there, and where."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common.text import Language
from publication.wording import words
from reports.page.numbers import Numbers

PAGES = {Language.NB: "index.html", Language.EN: "index.en.html"}
_TEMPLATES = Path(__file__).with_name("templates")


def page(language: Language, said: Mapping[str, Any]) -> str:
    """The page; `said`: vintage, indicators with figures, tables, and changes in words."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    [other] = [each for each in Language if each is not language]
    return environment.get_template("front.html").render(
        language=language, w=words(language), numbers=Numbers(language), other=PAGES[other],
        other_language=other, **said,
    )  # fmt: skip
