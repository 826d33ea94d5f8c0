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
# A query that outgrows memory ends in a sentence instead of writing a file beside the warehouse.
_IN_MEMORY: dict[str, str | bool | int | float | list[str]] = {"temp_directory": ""}


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
    new = path.with_name(f"{path.name}.new")
    _remove(new)
    con = duckdb.connect(str(new))
    try:
        for script in sorted(SCHEMA.glob("*.sql")):
            con.execute(script.read_text(encoding="utf-8"))
        yield con
        con.execute("checkpoint")
    except BaseException:
        con.close()
        _remove(new)
        raise
    con.close()
    _log_of(path).unlink(missing_ok=True)
    os.replace(new, path)  # noqa: PTH105 - the one step that publishes, named as the system does


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
        con = duckdb.connect(str(path), read_only=True, config=_IN_MEMORY)
    except duckdb.Error as error:
        raise WarehouseError(f"{path}: this can't be opened as a warehouse: {error}") from error
    try:
        shut_in(con)
        yield con
    finally:
        con.close()


def shut_in(con: duckdb.DuckDBPyConnection) -> None:
    """From now on no statement reaches a file, the network or a setting; what is open stays so.

    DuckDB counts the path of an open file, and of its write-ahead log, as access that is allowed:
    a query could write a log beside the warehouse and make it unreadable, or attach it anew to
    change it. So the file system is taken away too. A second connection of one process finds this
    done by the first.
    """
    if con.execute("select current_setting('lock_configuration')").fetchone() == (True,):
        return
    con.execute("set enable_external_access = false")
    con.execute("set disabled_filesystems = 'LocalFileSystem'")
    con.execute("set lock_configuration = true")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)
