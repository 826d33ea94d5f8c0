"""Real homes, each made once a run. A test that changes one gets a copy."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock
from hypothesis import settings

from flows import engine
from flows.settings import Settings
from sources import catalogue
from tests.small import SHIPPED, cut_down

# The suite tries the same each time; `make fuzz` tries many more, and new ones.
# A busy machine is no fault of ours.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=5_000)
settings.load_profile("suite")

Make = Callable[[Path], object]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of whole refreshes first: begun last, one would be waited for by all other workers."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/flows/"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Make], Path]:
    """Makes a folder once for all workers of a run; who comes later waits for it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def made(name: str, make: Make) -> Path:
        folder, whole = root / name, root / f"{name}.whole"
        with FileLock(root / f"{name}.lock"):
            if not whole.exists():
                make(folder)
                whole.touch()
        return folder

    return made


@pytest.fixture(scope="session", autouse=True)
def _one_thread_a_worker() -> Iterator[None]:
    """Workers of a run have a core each; DuckDB in each of them would take every core there is."""
    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ:
            connect = duckdb.connect

            def on_one_core(*words: Any, config: Any = None, **options: Any) -> Any:
                return connect(*words, config={"threads": 1} | (config or {}), **options)

            patch.setattr(duckdb, "connect", on_one_core)
        yield


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without a PDF, which takes a browser, where that is not the subject."""
    monkeypatch.setattr("reports.report._BROWSERS", ())


@pytest.fixture(scope="session")
def built(once: Callable[[str, Make], Path]) -> Settings:
    """The home of a refresh from the recordings: warehouse, replies and runs. Not to be changed."""

    def refresh(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(catalogue, "FOLDER", SHIPPED)  # whatever the module that asks has there
            engine.run(Settings(home=folder, upstream="recorded"))

    return Settings(home=once("built", refresh), upstream="recorded")


@pytest.fixture(scope="session")
def small_catalogue(once: Callable[[str, Make], Path]) -> Path:
    """The folder of the small catalogue."""
    return once("small_catalogue", cut_down)


@pytest.fixture(scope="module")
def small(small_catalogue: Path) -> Iterator[Path]:
    """The small catalogue in place of the shipped one, in this process, for a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", small_catalogue)
        yield small_catalogue


@pytest.fixture(scope="module")
def small_home(once: Callable[[str, Make], Path], small: Path) -> Settings:
    """The home of a refresh of the small catalogue from the recordings. Not to be changed."""
    home = once("small_home", lambda folder: engine.run(Settings(home=folder, upstream="recorded")))
    return Settings(home=home, upstream="recorded")
