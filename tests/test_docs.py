"""What the documents refer to is there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app
from flows.settings import Settings
from sources import catalogue
from tests.command import digidistrikt
from tools import reference

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "docs" / "sources"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_row_on_reliability_is_backed_by_a_test() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ") and "test" in line]
    rows = [line for line in lines if not line.endswith("| test |")]
    named = [re.findall(r"`(test_\w+)`", row) for row in rows]
    assert len(rows) > 20
    assert all(named), [row for row, tests in zip(rows, named, strict=True) if not tests]
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    assert {name for tests in named for name in tests} <= there


def test_every_test_command_and_file_that_the_page_for_developers_names_is_there() -> None:
    page = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    named = set(re.findall(r"\b(test_\w+)(?!\w|\.py)", page))
    assert len(named) > 12
    assert named <= there, named - there
    files = set(re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+\.[a-z]+)?)`", page))
    made_by_whoever_reads = {"selection/methods/name.py", "warehouse/checks/name.sql"}
    assert len(files) > 15
    assert [file for file in files - made_by_whoever_reads if not (ROOT / file).exists()] == []
    commands = set(re.findall(r"digidistrikt ([a-z]+)", page))
    assert commands <= set(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    lost = [link for link in links if not (document.parent / link.split()[0]).exists()]
    assert lost == []


def test_the_site_of_the_documents_has_every_page_in_its_menu_and_no_link_that_leads_nowhere(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tutorials" / "nb" / "merger.html").is_file()


def test_every_table_asked_of_a_service_is_on_a_page_of_sources() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in SOURCES.glob("*.md"))
    asked = [table for table in catalogue.load().tables if table.kind != "file"]
    assert len(asked) > 20
    assert [t.id for t in asked if (t.table or t.id) not in pages and t.id not in pages] == []


def test_every_part_of_a_refresh_that_a_page_names_is_there() -> None:
    text = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
    commands = " ".join(re.findall(r"digidistrikt refresh[^`\n]*", text))
    named = set(re.findall(r"--only (\w+)", commands)) - {"NAME"}
    assert len(named) > 8
    assert [name for name in named if not catalogue.load().called(name)] == []


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_of_reference_is_what_is_declared(name: str) -> None:
    page = (reference.DOCS / name).read_text(encoding="utf-8")
    assert page == reference.PAGES[name](), "run: python -m tools.reference"


def test_every_indicator_and_trait_shipped_is_on_its_page() -> None:
    page = (reference.DOCS / "indicators.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert len(named) > 60
    declared = catalogue.load()
    assert sorted(named) == sorted(each.id for each in (*declared.indicators, *declared.traits))


READS = {"catalog", "cite", "crosswalk", "describe", "municipality", "networks", "series", "sql"}


def shown_commands() -> list[list[str]]:
    """The commands in blocks of code that read the warehouse of the recordings as it is today.

    Those of tutorials are carried out in their order, by a test of their own.
    """
    documents = [path for path in DOCUMENTS if "tutorials" not in path.parts]
    text = "\n".join(document.read_text(encoding="utf-8") for document in documents)
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [
        shlex.split(line, comments=True)[1:]
        for block in blocks
        for line in re.split(r"\n(?=\S)", block.replace("\\\n", " "))
        if line.startswith("digidistrikt ")
    ]
    elsewhere = {"--as-of", "--warehouse"}
    return [words for words in lines if words[0] in READS and elsewhere.isdisjoint(words)]


def test_documents_show_commands() -> None:
    assert len(shown_commands()) >= 8


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_that_a_document_shows_answers(
    words: list[str], built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some write a file
    done = digidistrikt(*words, home=built.home)
    assert done.returncode == 0, done.stderr
    assert done.stdout
