"""Pages in a real browser: served on this machine, looked at in one Chromium that runs a script."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import axe_core_python
import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
needs_browser = pytest.mark.skipif(not BROWSER, reason="there is no Chromium or Chrome here")

# `opened(path)` is the window of a page in a frame, once its maps are drawn; what `looked()` of the
# script gives is what `look_at` returns.
_PAGE = """<!doctype html><meta charset="utf-8"><title>looks</title><body><script>
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const until = async (found) => {
  for (let n = 0; n < 3000; n += 1) {
    if (found()) return;
    await later(20);
  }
  throw new Error("it never came: " + found);
};
const opened = async (path) => {
  document.querySelector("iframe")?.remove();
  const frame = Object.assign(document.createElement("iframe"),
    { src: "site/" + path, width: 1200, height: 900 });
  const loaded = new Promise((done) => { frame.onload = done; });
  document.body.append(frame);
  await loaded;
  const page = frame.contentWindow;
  const all = (what) => [...page.document.querySelectorAll(what)];
  await until(() => all("[data-map]").every((map) => map.firstChild)
    && all("[data-series]").every((series) => !series.hidden));
  return page;
};
const loaded = (page, source) => new Promise((done, failed) => {
  const script = page.document.createElement("script");
  Object.assign(script, { src: source, onload: done, onerror: failed });
  page.document.head.append(script);
});
SCRIPT
looked().catch((error) => ({ error: String(error) }))
  .then((said) => fetch("/seen", { method: "POST", body: JSON.stringify(said) }));
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    """Files of a folder; what the page has seen comes as a POST."""

    def __init__(self, *args: Any, seen: "Queue[Any]", asked: list[str], **named: Any) -> None:
        self._seen, self._asked = seen, asked
        super().__init__(*args, **named)

    def do_GET(self) -> None:
        self._asked.append(self.path)
        super().do_GET()

    def do_POST(self) -> None:
        self._seen.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so there
        pass


@contextmanager
def _served(folder: Path, seen: "Queue[Any]", asked: list[str]) -> Iterator[str]:
    handler = partial(_Handler, directory=str(folder), seen=seen, asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def look_at(site: Path, folder: Path, script: str, beside: dict[str, Path]) -> Any:
    """What the function `looked` of a script finds on the pages of a site; files lie `beside`.

    What was asked of the server is in `asked`.
    """
    folder.mkdir()
    (folder / "site").symlink_to(site)
    for name, path in beside.items():
        shutil.copyfile(path, folder / name)
    (folder / "looks.html").write_text(_PAGE.replace("SCRIPT", script), "utf-8")
    seen: Queue[Any] = Queue()
    asked: list[str] = []
    with _served(folder, seen, asked) as address:
        browser = subprocess.Popen(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
             f"--user-data-dir={folder / 'profile'}", f"{address}/looks.html"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            found = seen.get(timeout=150)
        finally:
            browser.terminate()
            browser.wait(30)
    assert "error" not in found, found["error"]
    return found | {"asked": asked}
