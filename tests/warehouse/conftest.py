"""The real warehouse for reading, and a copy of it for damage that is undone after each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.settings import Settings
from warehouse import publish

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def real(built: Settings) -> Iterator[Connection]:
    """The real warehouse, read-only, as a user meets it."""
    with publish.reading(built.warehouse) as con:
        yield con


@pytest.fixture
def ask(real: Connection) -> Ask:
    """The rows that a query gives on the real warehouse."""
    return lambda query, *values: real.execute(query, list(values)).fetchall()


@pytest.fixture(scope="session")
def _copy(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("copy") / built.warehouse.name
    shutil.copy(built.warehouse, path)
    with duckdb.connect(str(path)) as con:
        yield con


@pytest.fixture
def damaged(_copy: Connection) -> Iterator[Connection]:
    """A writable copy of the real warehouse, as it was again after the test."""
    _copy.execute("begin")
    yield _copy
    _copy.execute("rollback")


@pytest.fixture
def write_model(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a model file (made up) below a models folder, as `3_mart/10_name.sql`."""

    def write(place: str, text: str) -> Path:
        path = tmp_path / "models" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
