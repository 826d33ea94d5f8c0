"""What a command says while it works: which upstream it asks, and a line that changes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from rich.console import Console

from cli.terminal import escape
from flows import configuration
from flows.log import JsonLines
from flows.settings import Settings

_UPSTREAMS = {
    "recorded": "recorded replies shipped with the package (real figures, not today's)",
    "live": "the publishers' live services",
}


def announce(settings: Settings) -> None:
    """Says which upstream is asked, before it is."""
    named = _UPSTREAMS.get(settings.upstream, settings.upstream)
    Console(stderr=True).print(f"Upstream: [bold]{escape(named)}[/bold]")


def announce_home(settings: Settings) -> None:
    """Says that a command works on the home where the setting has others read elsewhere."""
    where = configuration.warehouse()
    if not where or where in settings.targets or replace(settings, read_from=where).reads_home:
        return
    Console(stderr=True).print(
        f"This works on {escape(str(settings.warehouse))}. Commands that read show {escape(where)},"
        f" as the setting warehouse says; with --home {escape(str(settings.home))} they show this.",
        soft_wrap=True, highlight=False,
    )  # fmt: skip


@contextmanager
def progress(as_json: bool = False) -> Iterator[None]:
    """Shows the product's own log: a changing line on a terminal, else lines, text or JSON."""
    console = Console(stderr=True)
    log = logging.getLogger("digidistrikt")
    log.setLevel(logging.INFO)
    log.propagate = False
    with nullcontext() if as_json else console.status("starting") as line:
        handler: logging.Handler = JsonLines()
        if line is not None:
            handler = _Once(line.update if console.is_terminal else console.print)
        log.addHandler(handler)
        try:
            yield
        finally:
            log.removeHandler(handler)


class _Once(logging.Handler):
    """Shows a message that follows itself once: a table cut into many requests says so once."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show, self._last = show, ""

    def emit(self, record: logging.LogRecord) -> None:
        if (message := escape(record.getMessage())) != self._last:
            self._show(message)
        self._last = message
