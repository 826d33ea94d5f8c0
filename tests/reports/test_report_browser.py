"""The table of candidates in a browser."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from common.text import Language
from reports.findings import Findings
from reports.page.html import page
from tests.reports.pages import parsed

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
CLICKS = """
<script>
const wait = () => [...document.querySelectorAll('[data-sortable] tbody tr')];
const shown = () => wait().filter((row) => !row.hidden);
const heads = [...document.querySelectorAll('[data-sortable] thead th')];
const press = (place) => { const b = heads[place].querySelector('button'); b.focus();
  const focused = document.activeElement === b; b.click(); return focused; };
const numbers = (place) => wait().map((r) => r.cells[place].dataset.value ?? null);
const said = {};
const rank = heads.findIndex((head) => head.textContent.startsWith('Rank'));
said.focused = press(rank);
said.up = numbers(rank); said.sort = heads[rank].getAttribute('aria-sort');
press(rank); said.down = numbers(rank); said.back = heads[rank].getAttribute('aria-sort');
press(0); said.names = wait().map((row) => row.cells[0].textContent.trim());
const search = document.querySelector('[data-search]');
search.value = 'nordland'; search.dispatchEvent(new Event('input', {bubbles: true}));
said.found = shown().map((row) => row.cells[2].textContent.trim());
const status = document.querySelector('[data-status]:not(tr)');
search.value = ''; status.value = 'chosen';
status.dispatchEvent(new Event('change', {bubbles: true}));
said.chosen = shown().length; said.count = document.querySelector('[data-count]').textContent;
said.wide = document.documentElement.scrollWidth <= innerWidth;
const out = document.createElement('textarea');
out.id = 'said'; out.textContent = JSON.stringify(said);
document.body.append(out);
</script>
"""


@pytest.mark.thorough
@pytest.mark.skipif(not BROWSER, reason="there is no Chromium or Chrome on this machine")
def test_sorting_and_filtering_work_in_a_browser(found: Findings, tmp_path: Path) -> None:
    text = page(found, Language.EN, "x").replace("</body>", f"{CLICKS}</body>")
    path = tmp_path / "report.html"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=390,844",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    [out] = [n for n in parsed(done.stdout) if n.attributes.get("id") == "said"]
    said: dict[str, Any] = json.loads(out.text)
    ranked = len(found.selection.ranking)
    assert [float(value) for value in said["up"][:ranked]] == list(range(1, ranked + 1))
    assert said["down"][:ranked] == said["up"][:ranked][::-1]
    assert said["up"][ranked:] == said["down"][ranked:] == [None] * (357 - ranked)
    assert (said["sort"], said["back"], said["focused"]) == ("ascending", "descending", True)
    assert (said["names"][0], said["names"][-1]) == ("Alstahaug", "Åsnes")
    assert set(said["found"]) == {"Nordland"}
    assert (said["chosen"], said["count"]) == (6, "6")
    assert said["wide"]
