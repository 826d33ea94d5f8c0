"""The wheel in an environment of its own, outside the repository and without a network."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "cli", "common", "digidistrikt", "flows", "publication", "reports", "selection", "sources",
    "warehouse",
}  # fmt: skip
PIP, ALONE = (sys.executable, "-m", "pip"), ("-q", "--no-deps", "--no-index")
pytestmark = pytest.mark.thorough


class Installed(NamedTuple):
    """The programs of an environment with the wheel, and a folder that is not a project."""

    programs: Path
    folder: Path

    def run(
        self, *words: str | Path, at: Path | None = None, env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """A program of the environment; whatever it asks a network for is refused."""
        nowhere = "http://127.0.0.1:9"
        known = {name: value for name, value in os.environ.items() if "DIGIDISTRIKT" not in name}
        known |= {"HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "COLUMNS": "100"}
        known |= {"XDG_DATA_HOME": str(self.folder / "user"), "NO_PROXY": ""}
        program, *rest = map(str, words)
        return subprocess.run(
            [str(self.programs / program), *rest],
            cwd=at or self.folder,
            env=known | dict(env or {}),
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of an earlier build gets into it."""
    folder = tmp_path_factory.mktemp("wheel")
    unneeded = shutil.ignore_patterns(".*", "build", "data", "tests", "*.egg-info")
    source = shutil.copytree(ROOT, folder / "source", ignore=unneeded)
    made = subprocess.run(
        [*PIP, "wheel", *ALONE, "--no-build-isolation", "--wheel-dir", folder, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel without its requirements, which are those of the environment of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    environment = folder / "environment"
    venv.create(environment, symlinks=os.name != "nt")
    purelib = next(environment.rglob("site-packages"))
    purelib.joinpath("requirements.pth").write_text(sysconfig.get_path("purelib"))
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run(
        [*PIP, "--python", programs / "python", "install", *ALONE, "--force-reinstall", wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder.joinpath("empty").mkdir()
    return Installed(programs, folder / "empty")


@pytest.fixture(scope="module")
def project(installed: Installed) -> Path:
    """A project that `init` made, with a warehouse of the recordings."""
    done = installed.run("digidistrikt", "init", "mine")
    assert done.returncode == 0, done.stderr
    project = installed.folder / "mine"
    done = installed.run("digidistrikt", "refresh", "--direct", at=project)
    assert done.returncode == 0, done.stderr
    assert "Published data/digidistrikt.duckdb" in done.stdout.replace("\\", "/")
    return project


def test_a_wheel_has_the_packages_and_nothing_beside_them(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    tagged = f"digidistrikt-{version('digidistrikt')}"
    assert tops == PACKAGES | {f"{tagged}.dist-info", f"{tagged}.data"}


def test_every_file_that_is_read_at_work_is_in_the_wheel(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.split("/")[0] in PACKAGES}
    there = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".md", ".pyc"}
    }
    assert len(there) > 400
    assert there - names == set()


def test_what_is_installed_runs_from_the_wheel(installed: Installed) -> None:
    done = installed.run("digidistrikt", "--version")
    assert done.stdout == f"digidistrikt {version('digidistrikt')}\n", done.stderr
    where = installed.run("python", "-c", "import cli, sources; print(cli.__file__)").stdout
    assert str(installed.programs.parent) in where


def test_a_project_answers_in_sql_in_python_and_in_a_rule(
    installed: Installed, project: Path
) -> None:
    asked = "select count(*) as n from mart.municipality"
    done = installed.run("digidistrikt", "sql", asked, "--format", "csv", at=project)
    assert done.stdout.split() == ["n", "357"], done.stderr
    code = (
        "import digidistrikt as dd; w = dd.open();"
        "print(w.series('population', municipality='Haram')['value'].notna().all())"
    )
    assert installed.run("python", "-c", code, at=project).stdout == "True\n"
    rule = Path("selections", "three-networks.yaml")
    done = installed.run("digidistrikt", "select", "check", rule, at=project)
    assert done.returncode == 0, done.stderr
    assert "DigiNordland" in done.stdout


def test_where_no_project_is_the_warehouse_is_in_the_data_folder_of_the_user(
    installed: Installed, project: Path
) -> None:
    user = installed.folder / "user" / "digidistrikt"
    told = installed.run("digidistrikt", "config").stdout
    assert f"home,{user},default" in told
    done = installed.run("digidistrikt", "sql", "select 1")
    assert done.returncode != 0
    assert f"{user / 'digidistrikt.duckdb'}: there is no warehouse yet" in done.stderr
    shutil.copytree(project / "data", user)
    assert installed.run("digidistrikt", "sql", "select 1 as n").stdout.split() == ["n", "1"]


def test_a_site_is_published_from_what_is_installed(installed: Installed, project: Path) -> None:
    done = installed.run("digidistrikt", "publish", "--out", "site", at=project)
    assert done.returncode == 0, done.stderr
    assert (project / "site" / "index.html").is_file()


def test_a_stranger_takes_figures_to_excel_a_notebook_and_r_by_the_lines_of_the_readme(
    installed: Installed, project: Path
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Take it away\n")[2].partition("\n## ")[0]
    lines = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
    done = installed.run(*shlex.split(lines["sh"]), at=project)
    assert done.returncode == 0, done.stderr
    sheets = openpyxl.load_workbook(project / "figures.xlsx", read_only=True).sheetnames
    assert sheets == ["population", "nurses_fte_per_1000", "columns", "sources", "vintage"]
    *known, shown = lines["python"].strip().splitlines()
    code = "\n".join([*known, f"print({shown}['municipality_name'].unique()[0])"])
    done = installed.run("python", "-c", code, at=project)
    assert done.stdout == "Haram\n", done.stderr
    if r := shutil.which("Rscript"):
        path = {"PATH": os.pathsep.join([str(installed.programs), os.environ["PATH"]])}
        done = installed.run(r, "--vanilla", "-e", lines["r"], at=project, env=path)
        assert re.search(r"Haram +1986 +8716", done.stdout), done.stdout + done.stderr
