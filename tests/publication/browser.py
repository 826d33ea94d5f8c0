"""Pages in a real browser: served on this machine, looked at in one Chromium that runs a script."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
needs_browser = pytest.mark.skipif(not BROWSER, reason="there is no Chromium or Chrome here")

# `opened(path)` is a page in a frame; what `looked(opened)` gives is what `look_at` returns.
_PAGE = """<!doctype html><meta charset="utf-8"><title>looks</title><body><script>
const opened = (path) => new Promise((done) => {
  document.querySelector("iframe")?.remove();
  const frame = Object.assign(document.createElement("iframe"),
    { src: "site/" + path, width: 1200, height: 900 });
  frame.onload = () => setTimeout(() => done(frame.contentWindow), 400);
  document.body.append(frame);
});
const loaded = (page, source) => new Promise((done, failed) => {
  const script = page.document.createElement("script");
  Object.assign(script, { src: source, onload: done, onerror: failed });
  page.document.head.append(script);
});
const until = async (found, tries = 200) => {
  for (let n = 0; n < tries; n += 1) {
    if (found()) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error("it never came: " + found);
};
SCRIPT
looked(opened).catch((error) => ({ error: String(error) })).then((said) => {
  const told = Object.assign(document.createElement("pre"), { textContent: JSON.stringify(said) });
  document.body.replaceChildren(told);
});
</script>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so there
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def look_at(site: Path, folder: Path, script: str, beside: dict[str, Path], seconds: int) -> Any:
    """What the function `looked` of a script finds on the pages of a site; files lie `beside`."""
    folder.mkdir()
    (folder / "site").symlink_to(site)
    for name, path in beside.items():
        shutil.copyfile(path, folder / name)
    (folder / "looks.html").write_text(_PAGE.replace("SCRIPT", script), "utf-8")
    with _served(folder) as address:
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu",
             f"--virtual-time-budget={seconds * 1000}", f"--user-data-dir={folder / 'profile'}",
             "--dump-dom", f"{address}/looks.html"],
            capture_output=True, text=True, timeout=180, check=True,
        )  # fmt: skip
    [said] = re.findall(r"<pre>(.*)</pre>", done.stdout, re.S) or [done.stdout]
    found = json.loads(html.unescape(said))
    assert "error" not in found, found["error"]
    return found
