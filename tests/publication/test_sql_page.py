"""SQL in the page: what DuckDB answers in a browser is what it answers here."""

import json
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from common.errors import ReportError
from common.text import Language
from flows.settings import Settings
from publication import bundle
from publication.bundle import Imprint
from publication.questions import about, questions
from publication.site import assets, query
from publication.site.pages import Pages
from publication.site.query import Engine
from publication.wording import words
from tests.conftest import Make
from tests.publication.browser import AXE, look_at, needs_browser
from warehouse import publish as warehouse

PACKAGE = Path(__file__).parents[2] / "node_modules" / "@duckdb" / "duckdb-wasm"
needs_engine = pytest.mark.skipif(
    not PACKAGE.is_dir(), reason="npm install --no-save @duckdb/duckdb-wasm puts it there"
)
ASKED = [question.query for question in questions() if question.number in (1, 14, 23)]
LOOK = """
const looked = async () => {
  const page = await opened("sql.en.html");
  const [field, button] = ["textarea", "main button"].map((n) => page.document.querySelector(n));
  const answers = [];
  let faults, beyond;
  for (const query of [...ASKED, "select no_such_column from mart.network"]) {
    field.value = query;
    button.click();
    await until(() => !button.disabled);
    const rows = [...page.document.querySelectorAll("[data-result] tr")];
    answers.push(rows.length ? rows.map((row) => [...row.cells].map((cell) => cell.textContent))
      : page.document.querySelector("[data-result]").textContent);
    if (answers.length === 1) {
      await loaded(page, "/axe.min.js");
      const found = await page.axe.run({ resultTypes: ["violations"] });
      faults = found.violations.map((one) => one.id);
      page.frameElement.width = 390;
      await later(100);
      const { scrollWidth, clientWidth } = page.document.documentElement;
      beyond = scrollWidth - clientWidth;
    }
  }
  return { answers, faults, beyond };
};
"""


@pytest.fixture(scope="module")
def con(small_home: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.reading(small_home.warehouse) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(con: duckdb.DuckDBPyConnection, once: Callable[[str, Make], Path]) -> Path:
    """A folder with the page and what it needs, and no other page."""

    def write(folder: Path) -> None:
        folder.mkdir()
        found = bundle.read(con)
        assets.write(found, folder)
        pages = [Pages(found, folder, Imprint(), each, has_sql=True) for each in Language]
        query.write(found, pages, Engine.found_in(PACKAGE))

    return once("sql_page", write)


@needs_engine
@needs_browser
def test_three_questions_are_answered_in_the_browser_as_they_are_here(
    site: Path, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    script = LOOK.replace("ASKED", json.dumps(ASKED))
    seen: Any = look_at(site, tmp_path / "seen", script, {"axe.min.js": AXE})
    assert len(ASKED) == 3
    for asked, answer in zip(ASKED, seen["answers"], strict=False):
        cursor = con.execute(asked)
        head = [column[0] for column in cursor.description or ()]
        rows = [["" if cell is None else str(cell) for cell in row] for row in cursor.fetchall()]
        assert answer == [head, *rows]
    assert "no_such_column" in seen["answers"][-1]
    assert (seen["faults"], seen["beyond"]) == ([], 0)
    fetched = [path for path in seen["asked"] if path.endswith(".arrow.gz")]
    assert {path.rpartition("/")[2] for path in fetched} == {
        f"{name}.arrow.gz" for name in ("observation", "network", "network_membership")
    }


@needs_engine
def test_the_page_may_ask_nobody_but_the_folder_it_is_in(site: Path) -> None:
    page = (site / "sql.html").read_text("utf-8")
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src 'none'" in policy
    assert "connect-src 'self' blob:;" in policy
    assert "http" not in policy


def test_what_memory_held_where_a_figure_is_missing_is_not_published() -> None:
    def written(under_missing: float) -> bytes:
        known = [pa.py_buffer(b"\x01"), pa.py_buffer(struct.pack("<dd", 1.0, under_missing))]
        figures = pa.Array.from_buffers(pa.float64(), 2, known)
        return b"".join(
            bytes(buffer)
            for buffer in query.settled(pa.table({"value": figures}))["value"].chunk(0).buffers()
        )

    assert written(7.0) == written(9.0)


def test_a_folder_that_is_not_the_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "left-pad", "version": "1.0.0"}')
    with pytest.raises(ReportError, match="npm install --no-save @duckdb/duckdb-wasm"):
        Engine.found_in(tmp_path)


def test_the_questions_of_the_documentation_are_the_examples() -> None:
    assert [question.number for question in questions()] == list(range(1, 30))
    english, bokmaal = words(Language.EN), words(Language.NB)
    for question in questions():
        key = f"question_{question.number}"
        assert english(key) == question.title
        assert bokmaal(key) != question.title
    assert {20, 25, 29}.isdisjoint(question.number for question in about("observation"))
