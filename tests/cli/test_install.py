"""What a person without the repository has: a project of their own, and a version to tell."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from prefect.flows import load_flow_from_entrypoint

from cli import ui
from common.errors import LockedError
from flows.settings import Settings
from tests.command import digidistrikt
from warehouse import publish


def test_init_makes_a_project_whose_deployments_are_found_without_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = digidistrikt("init", tmp_path / "mine", home=None)
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path / "mine")
    deployed = yaml.safe_load(Path("prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for each in deployed:
        assert load_flow_from_entrypoint(each["entrypoint"]).name
        if "file" in each.get("parameters", {}):
            assert Path(each["parameters"]["file"]).is_file()
    assert digidistrikt("config", home=None).stdout.splitlines()[1].startswith("home,data,default")


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "prefect.yaml").write_text("mine", encoding="utf-8")
    done = digidistrikt("init", tmp_path, home=None)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (5, ["prefect.yaml"])
    assert "prefect.yaml is there already" in done.stderr


def test_the_version_is_told() -> None:
    done = digidistrikt("--version", home=None)
    assert done.stdout == f"digidistrikt {version('digidistrikt')}\n"


def test_a_file_that_a_reader_holds_on_windows_is_swapped_when_it_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    tries, replace = [PermissionError(13, "held"), PermissionError(13, "held")], os.replace

    def held(source: Path, target: Path) -> None:
        if tries:
            raise tries.pop()
        replace(source, target)

    monkeypatch.setattr(publish, "_PAUSE", 0)
    monkeypatch.setattr(os, "replace", held)
    new.write_text("new")
    old.write_text("old")
    publish.swap(new, old)
    assert (old.read_text(), new.exists()) == ("new", False)
    new.write_text("newer")
    tries.extend([PermissionError(13, "held")] * 9)
    monkeypatch.setattr(publish, "PATIENCE", 0)
    with pytest.raises(LockedError, match="another program has it open"):
        publish.swap(new, old)
    assert (old.read_text(), new.exists()) == ("new", False)


def test_without_a_program_to_look_with_ui_says_which_there_are(
    small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")
    done = digidistrikt("ui", home=small_home.home)
    assert done.returncode == 5
    assert "neither harlequin nor DuckDB's own program" in done.stderr


def test_ui_starts_the_program_on_a_copy_that_is_gone_afterwards(
    small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "duckdb"
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys, duckdb\n"
        "option, copy = sys.argv[1:]\n"
        "duckdb.sql(f\"attach '{copy}' as w\"); n = duckdb.table('w.mart.municipality')\n"
        f"open({str(said)!r}, 'w').write(f'{{option}} {{copy}} {{len(n)}}')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(ui, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = digidistrikt("ui", home=small_home.home)
    assert done.returncode == 0, done.stderr
    option, copy, municipalities = said.read_text().split()
    assert (option, municipalities) == ("-ui", "357")
    assert Path(copy) != small_home.warehouse
    assert not Path(copy).exists()
