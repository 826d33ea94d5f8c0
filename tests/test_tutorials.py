"""The tutorials, as a reader follows them: each block in order in a folder of its own."""

import re
import shlex
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.settings import Settings
from tests.command import digidistrikt

TUTORIALS = Path(__file__).parents[1] / "docs" / "tutorials"
NAMES = sorted(path.name for path in TUTORIALS.glob("en/*.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="(.+?)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
ASKS = {"add survey.csv --as digital_maturity --period 2025": 1}  # not answered: nothing is loaded


class Block(NamedTuple):
    """A block of code: its language, the file it is if it is one, and what stands in it."""

    language: str
    file: str
    text: str


def blocks(path: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(path.read_text(encoding="utf-8"))]


def commanded(text: str) -> str:
    """What the commands of a block write."""
    written = ""
    for line in re.split(r"\n(?=digidistrikt )", text.replace("\\\n", " ").strip()):
        words = shlex.split(line)[1:]
        done = digidistrikt(*words, home=None)
        assert done.returncode == ASKS.get(" ".join(words), 0), done.stderr
        written += done.stdout
    return written


def computed(text: str, known: dict[str, Any]) -> str:
    written = StringIO()
    with redirect_stdout(written):
        exec(compile(text, "tutorial", "exec"), known)  # noqa: S102 - the page's own code
    return written.getvalue()


def test_there_are_three_tutorials_in_each_language() -> None:
    assert NAMES == ["cases.md", "merger.md", "survey.md"]
    assert sorted(path.name for path in TUTORIALS.glob("nb/*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_code(name: str) -> None:
    in_english = blocks(TUTORIALS / "en" / name)
    assert len(in_english) > 5
    assert blocks(TUTORIALS / "nb" / name) == in_english


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize(
    "name",
    [
        "merger.md",
        pytest.param("cases.md", marks=pytest.mark.thorough),  # makes a report twice
        pytest.param("survey.md", marks=pytest.mark.thorough),  # makes the warehouse again
    ],
)
def test_each_step_of_a_tutorial_gives_what_it_shows(
    name: str, small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIGIDISTRIKT_HOME", raising=False)
    shutil.copytree(small_home.home, "data")
    known: dict[str, Any] = {}
    run: dict[str, Callable[[str], str]] = {
        "sh": commanded,
        "python": lambda text: computed(text, known),
    }
    written, shown = "", 0
    for block in blocks(TUTORIALS / "en" / name):
        if block.file:
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.language in run:
            written = run[block.language](block.text)
        else:
            assert written.strip() == block.text.strip()
            shown += 1
    assert shown > 0
