"""The site of the shipped figures: how long it takes, how large it is, and the first answer in SQL.

The page that is asked in SQL needs Chromium and node_modules/@duckdb/duckdb-wasm.
"""

import json
import logging
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flows import engine
from flows.settings import Settings
from publication import publish
from publication.bundle import Imprint
from publication.questions import questions
from publication.site.query import Engine
from tests.publication.browser import BROWSER, look_at
from warehouse import publish as warehouse

AIM = 30.0  # seconds
PACKAGE = Path(__file__).parents[1] / "node_modules" / "@duckdb" / "duckdb-wasm"
ASK = """
const looked = async () => {
  const begun = performance.now();
  const page = await opened("sql.en.html");
  const [field, button] = ["textarea", "main button"].map((n) => page.document.querySelector(n));
  const seconds = [];
  for (const query of ASKED) {
    const asked = performance.now();
    field.value = query;
    button.click();
    await until(() => !button.disabled);
    if (!page.document.querySelector("[data-result] tr")) throw new Error("no answer: " + query);
    seconds.push((performance.now() - (seconds.length ? asked : begun)) / 1000);
  }
  return { seconds };
};
"""


def main() -> None:
    """Prints seconds and bytes."""
    logging.disable()
    with TemporaryDirectory() as folder:
        home = Settings(home=Path(folder) / "home", upstream="recorded")
        engine.run(home)
        begun = time.perf_counter()
        with warehouse.reading(home.warehouse) as con:
            written = publish.write(con, Path(folder) / "site", Imprint(), ("0", "0"))
        seconds = time.perf_counter() - begun
        met = "met   " if seconds < AIM else "NOT MET"
        print(f"{met}  the whole folder of the shipped figures {seconds:18.1f} s, aim {AIM:.0f}")
        pages = sorted(written.folder.rglob("*.html"))
        size = sum(page.stat().st_size for page in pages) / len(pages) / 1000
        print(f"{'files':<38}{written.files:>12,}   {written.size / 1e6:.1f} MB")
        print(f"{'pages':<38}{len(pages):>12,}   {size:.0f} kB each in the mean")
        if PACKAGE.is_dir() and BROWSER:
            _ask(home, Path(folder))


def _ask(home: Settings, folder: Path) -> None:
    """Publishes with the engine and asks three questions in a browser."""
    with warehouse.reading(home.warehouse) as con:
        site = publish.write(
            con, folder / "asked", Imprint(), ("0", "0"), Engine.found_in(PACKAGE)
        ).folder
    asked = [question.query for question in questions() if question.number in (1, 14, 21)]
    seen = look_at(site, folder / "seen", ASK.replace("ASKED", json.dumps(asked)), {})
    fetched = {path.removeprefix("/site/") for path in seen["asked"] if "/assets/sql/" in path}
    sizes = {path: (site / path).stat().st_size for path in fetched}
    engine_size = sum(size for path, size in sizes.items() if "/duckdb" in path)
    print(f"{'DuckDB-WASM, fetched once':<38}{engine_size / 1e6:>12.1f} MB")
    print(f"{'tables of three questions':<38}{(sum(sizes.values()) - engine_size) / 1e6:>12.1f} MB")
    first, *others = seen["seconds"]
    print(f"{'page opened to first answer':<38}{first:>12.2f} s")
    print(f"{'the next two answers':<38}{max(others):>12.2f} s at most")


if __name__ == "__main__":
    main()
