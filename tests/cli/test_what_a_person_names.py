"""Files without end, pipes and tables of any width, named in a whole command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import reports
from common.errors import InputError
from flows.settings import Settings
from tests.command import digidistrikt

COMMANDS = {
    "networks check": "members.csv",
    "crosswalk check": "crosswalk.csv",
    "select check": "rule.yaml",
    "add": "table.csv",
}


def told(command: str, path: Path, home: Path) -> str:
    more = ["--as", "endless"] if command == "add" else []
    done = digidistrikt(*command.split(), path, *more, home=home)
    assert done.returncode == 5
    return done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_three_gigabytes_a_pipe_and_a_device_are_refused(
    command: str, built: Settings, tmp_path: Path
) -> None:
    path = tmp_path / COMMANDS[command]
    path.touch()
    os.truncate(path, 3_000_000_000)
    assert "3,000,000,000 bytes are more than" in told(command, path, built.home)
    path.unlink()
    os.mkfifo(path)
    assert "this is a pipe, not an ordinary file" in told(command, path, built.home)
    assert "this is a device" in told(command, Path("/dev/zero"), built.home)


def test_a_table_of_thirty_thousand_columns_is_one_sentence(
    built: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "wide.csv"
    numbers = range(30_000)
    path.write_text(
        f"kommunenr;{';'.join(f'c{n}' for n in numbers)}\n0301;{';'.join('1' for _ in numbers)}\n"
    )
    done = digidistrikt("add", path, "--as", "wide", home=built.home)
    assert done.returncode == 5
    assert "and 29981 more" in done.stderr


def test_an_upstream_that_is_no_web_address_is_bad_input(tmp_path: Path) -> None:
    done = digidistrikt("refresh", "--direct", "--upstream", "ftp://x", home=tmp_path)
    assert done.returncode == 5
    assert "not 'ftp://x'" in done.stderr


def test_a_query_shows_no_progress_in_what_it_writes(built: Settings) -> None:
    query = "select current_setting('enable_progress_bar') as shown"
    command = [sys.executable, "-m", "cli", "sql", query, "--home", str(built.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "shown\nFalse\n"


def test_what_a_report_needs_is_installed_from_the_project_itself() -> None:
    """A name on a package index may be another's."""
    with pytest.raises(InputError) as told, reports.libraries():
        raise ModuleNotFoundError("No module named 'made_up'", name="made_up")
    assert "pip install '.[report]'" in str(told.value)
    assert str(told.value).count("pip install") == 1
