"""The stand-in for the publishers, and a home refreshed from it, for tests of what goes wrong."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.refreshing import refreshed
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as running:
        yield running


@pytest.fixture
def upstream(server: StandIn) -> Iterator[StandIn]:
    """The stand-in, whole again after a test."""
    tables = dict(server.statbank.tables)
    yield server
    server.heal()
    server.statbank.tables.update(tables)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, small: Path, server: StandIn) -> Path:
    """The home of one refresh of the small catalogue from the stand-in. Not to be changed."""
    folder: Path = tmp_path_factory.mktemp("first") / "home"
    refreshed(folder, server)
    return folder


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    folder: Path = tmp_path / "home"
    shutil.copytree(first, folder)
    return folder
