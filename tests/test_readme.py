"""What the README shows is what its commands give."""

import re
import shlex
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.main import app
from common.errors import EXIT_CODES
from flows.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(
    r"```sh\n(digidistrikt sql .*?)\n```\n\n(?:```csv\n)?(.*?)(?:\n```)?\n\n", README, re.DOTALL
)


@pytest.fixture(scope="session")
def home(built: Settings) -> Path:
    return built.home


def test_the_readme_shows_two_queries_with_results() -> None:
    assert len(SHOWN) == 2


@pytest.mark.parametrize(("command", "result"), SHOWN)
def test_a_query_gives_the_result_shown(command: str, result: str, home: Path) -> None:
    done = CliRunner().invoke(app, [*shlex.split(command)[1:], "--home", str(home)])
    assert done.exit_code == 0
    assert done.stdout.strip() == result.strip()


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"(?<!import )digidistrikt ([a-z]+)", README))
    assert named <= set(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_is_in_the_readme() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert {name for name in commands if f"digidistrikt {name}" not in README} == set()


def test_the_wheel_it_names_is_that_of_this_version() -> None:
    assert set(re.findall(r"digidistrikt-([\d.]+)-py3", README)) == {version("digidistrikt")}


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    told = re.search(r"exit code:\n(.*?)\.\n", README, re.DOTALL)
    assert told
    assert set(re.findall(r"\b(\d+) ", told[1])) < set(re.findall(r"\b(\d+) ", EXIT_CODES))
