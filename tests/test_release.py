"""A release: one version and one day, everywhere the same, and a citation that programs read."""

import re
import tomllib
from datetime import date
from importlib.metadata import version
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_citation_of_the_software_has_what_cff_asks_for() -> None:
    assert {"cff-version", "message", "title", "authors"} <= set(CITATION)
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] == "software"
    assert CITATION["license"] == "MIT"
    assert all(set(author) == {"name"} and author["name"] for author in CITATION["authors"])
    assert all(isinstance(each, str) for each in (CITATION["message"], CITATION["title"]))


def test_project_citation_and_changelog_tell_the_same_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    released = re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", CHANGELOG, re.MULTILINE)
    newest, day = released[0]
    assert project["version"] == version("digidistrikt") == CITATION["version"] == newest
    assert date.fromisoformat(CITATION["date-released"]) == date.fromisoformat(day)
    assert CHANGELOG.index("## Unreleased") < CHANGELOG.index(f"## {newest}")
