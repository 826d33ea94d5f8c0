"""digidistrikt.toml: below options and the environment, and read as one would expect."""

import csv
import io
from pathlib import Path

import pytest
from platformdirs import user_data_path

from flows import configuration
from tests.command import digidistrikt


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own to run commands from, and no variable set. What is set is undone."""
    monkeypatch.chdir(tmp_path)
    for setting in configuration.SETTINGS:
        monkeypatch.setenv(setting.variable, "")  # so that it is put back afterwards
        monkeypatch.delenv(setting.variable)
    return tmp_path


def shown() -> dict[str, tuple[str, str]]:
    """Each setting's value, and where it is from."""
    done = digidistrikt("config", home=None)
    assert done.returncode == 0, done.stderr
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {row["setting"]: (row["value"], row["from"]) for row in rows}


def test_without_a_file_the_defaults_hold() -> None:
    assert shown()["home"] == (str(user_data_path("digidistrikt", appauthor=False)), "default")
    assert shown()["upstream"] == ("recorded", "default")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("digidistrikt.toml", ""),
        ("prefect.yaml", "# ours\nname: digidistrikt\n"),
        ("data/digidistrikt.duckdb", "a warehouse"),
    ],
)
def test_in_a_project_the_home_is_its_folder_data(file: str, content: str, alone: Path) -> None:
    (alone / file).parent.mkdir(exist_ok=True)
    (alone / file).write_text(content, encoding="utf-8")
    assert shown()["home"] == ("data", "default")


def test_a_folder_of_somebody_elses_deployments_is_no_project(alone: Path) -> None:
    (alone / "prefect.yaml").write_text("name: theirs\n", encoding="utf-8")
    assert shown()["home"] != ("data", "default")


def test_the_environment_overrules_the_file_and_an_option_overrules_both(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "digidistrikt.toml").write_text(
        'home = "of-file"\nupstream = "live"\nproxy = "http://me:secret@proxy.example.no:3128"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("DIGIDISTRIKT_UPSTREAM", "recorded")
    found = shown()
    assert found["home"] == ("of-file", "digidistrikt.toml")
    assert found["upstream"] == ("recorded", "environment (DIGIDISTRIKT_UPSTREAM)")
    assert found["proxy"] == ("http://me:***@proxy.example.no:3128", "digidistrikt.toml")
    assert "of-file/digidistrikt.duckdb" in digidistrikt("status", home=None).stderr
    assert "of-option/digidistrikt.duckdb" in digidistrikt("status", home=Path("of-option")).stderr


def test_a_path_in_the_file_is_taken_from_where_the_file_lies(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "etc").mkdir()
    (alone / "etc" / "mine.toml").write_text('home = "../there"\n', encoding="utf-8")
    monkeypatch.setenv("DIGIDISTRIKT_CONFIG", "etc/mine.toml")
    assert shown()["home"] == ("etc/../there", "etc/mine.toml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hom = 'x'", "there is no setting 'hom'. Did you mean home?"),
        (b"home = data", "this is no TOML"),
        (b"home = '\xe6'", "this is no TOML"),
        (b"home = ['x']", "home is a text in quotes or a number"),
        (b"calls_a_minute = true", "calls_a_minute is a text in quotes or a number"),
    ],
)
def test_what_can_not_be_meant_ends_every_command_in_a_sentence(
    alone: Path, content: bytes, said: str
) -> None:
    (alone / "digidistrikt.toml").write_bytes(content)
    done = digidistrikt("catalog", home=None)
    assert done.returncode == 5
    assert "digidistrikt.toml" in done.stderr
    assert said in done.stderr


def test_a_file_that_the_environment_names_and_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIGIDISTRIKT_CONFIG", "nowhere.toml")
    done = digidistrikt("status", home=None)
    assert done.returncode == 5
    assert "nowhere.toml, which DIGIDISTRIKT_CONFIG names, can't be read" in done.stderr
