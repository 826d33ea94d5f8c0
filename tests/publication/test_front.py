"""The page on which a published folder opens."""

import re
import shutil
import subprocess
from pathlib import Path

import axe_core_python
import pytest

from publication.front import PAGES

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
ASK = """axe.run().then((found) => {
  document.body.dataset.faults = found.violations.map((one) => one.id).join(" ") || "none"; });"""


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


@pytest.mark.skipif(not BROWSER, reason="there is no Chromium or Chrome on this machine")
@pytest.mark.parametrize("name", PAGES.values())
def test_axe_finds_nothing_on_the_front_page(published: Path, tmp_path: Path, name: str) -> None:
    axe = Path(axe_core_python.__file__).with_name("axe.min.js").read_text("utf-8")
    page = re.sub(r"<meta http-equiv=[^>]*>", "", (published / name).read_text("utf-8"))
    scripts = f"<script>{axe}</script><script>{ASK}</script></body>"
    (tmp_path / name).write_text(page.replace("</body>", scripts), "utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=9000",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", (tmp_path / name).as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert re.findall(r'data-faults="([^"]*)"', done.stdout) == ["none"]
