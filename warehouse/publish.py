"""Builds the new warehouse beside the old one and swaps it in only when every check is passed.

Readers that have the old file open keep it; those who open it later see the new one. A stale
write-ahead log beside a swapped file would make it unreadable, so the new file is closed and
whole before the swap and an old log goes with the old file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from warehouse.errors import LockedError, WarehouseError

SCHEMA = Path(__file__).parent / "schema"
# given when connecting, for a second connection in one process finds the first one's lock
_SHUT_IN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}


@contextmanager
def sole_writer(path: Path) -> Iterator[None]:
    """Holds the right to publish to `path`. Raises LockedError if another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            f"{path}: another refresh is writing. Wait for it to end, or stop it first."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def build(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty new warehouse with the raw schema; published if the block ends well.

    An error in the block leaves the old file untouched and removes the new one.
    """
    new = beside(path, "new")
    remove(new)
    con = duckdb.connect(str(new))
    try:
        for script in sorted(SCHEMA.glob("*.sql")):
            con.execute(script.read_text(encoding="utf-8"))
        yield con
        con.execute("checkpoint")
    except BaseException:
        con.close()
        remove(new)
        raise
    con.close()
    swap(new, path)


def swap(new: Path, path: Path) -> None:
    """Puts a finished file in the place of the old one, whose log goes with it."""
    _log_of(path).unlink(missing_ok=True)
    os.replace(new, path)  # noqa: PTH105 - the one step that publishes, named as the system does


def beside(path: Path, what: str) -> Path:
    """Where a file that is to take the place of `path` is made."""
    return path.with_name(f"{path.name}.{what}")


def remove(path: Path) -> None:
    """A database file and its log, if they are there."""
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can't reach outside the warehouse file.

    Raises WarehouseError if there is no warehouse yet, or the file can't be opened.
    """
    if not path.is_file():
        raise WarehouseError(
            f"{path}: there is no warehouse yet. Run 'digidistrikt refresh' first."
        )
    try:
        con = duckdb.connect(str(path), read_only=True, config=_SHUT_IN)
    except duckdb.Error as error:
        raise WarehouseError(f"{path}: this can't be opened as a warehouse: {error}") from error
    try:
        yield con
    finally:
        con.close()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
