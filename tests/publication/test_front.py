"""The page on which a published folder opens."""

import re
from pathlib import Path

import pytest

from publication.front import PAGES


@pytest.mark.parametrize("name", PAGES.values())
def test_every_link_of_the_front_page_leads_to_a_file_of_the_folder(
    published: Path, name: str
) -> None:
    links = re.findall(r'href="([^":]+)"', (published / name).read_text("utf-8"))
    assert len(links) > 60
    assert all((published / link).is_file() for link in links)


def test_the_front_page_is_written_in_both_languages(published: Path) -> None:
    assert "Folkemengde 1. januar" in (published / "index.html").read_text("utf-8")
    assert "Population 1 January" in (published / "index.en.html").read_text("utf-8")
