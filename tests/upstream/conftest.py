"""A stand-in server for each test, and a short way to ask it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn

STATBANK = "https://data.ssb.no/api/pxwebapi/v2"
KLASS = "https://data.ssb.no/api/klass/v1/classifications"
Ask = Callable[..., requests.Response]


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    """The stand-in, patient with many requests."""
    roomy = Limits(statbank=Window(1_000, 60), searches=Window(1_000, 60))
    with StandIn(limits=roomy) as server:
        yield server


@pytest.fixture
def ask(upstream: StandIn) -> Ask:
    """Asks an address of a real service at the stand-in; POST where there is a selection."""

    def ask(address: str, selection: list[Any] | None = None, **more: Any) -> requests.Response:
        body = {} if selection is None else {"json": {"selection": selection}}
        method = "GET" if selection is None and "json" not in more else "POST"
        more.setdefault("headers", {"Accept": "application/json"})
        return requests.request(method, upstream.at(address), timeout=60, **body, **more)

    return ask


@pytest.fixture
def statbank(ask: Ask) -> Ask:
    """The same for a path of StatBank."""
    return lambda path, *asked, **more: ask(f"{STATBANK}{path}", *asked, **more)
