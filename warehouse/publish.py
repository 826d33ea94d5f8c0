"""Builds the new warehouse beside the old one and swaps it in only when every check is passed.

Readers that have the old file open keep it; those who open it later see the new one. A stale
write-ahead log beside a swapped file would make it unreadable, so the new file is closed and
whole before the swap and an old log goes with the old file.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import duckdb

from common.errors import InputError, LockedError, NoRoomError, WarehouseError
from common.postgres import Service
from warehouse.machines import sole_machine
from warehouse.models import quote

SCHEMA = Path(__file__).parent / "schema"
Opened = TypeVar("Opened")
PATIENCE = 10.0  # seconds that a refresh waits for another program to let go of the warehouse
# Bytes that a build takes at most: models take their figures in batches, and with more DuckDB would
# keep in memory what it has written, without being faster.
MEMORY = 6 * 2**30
_PAUSE = 0.2
_NO_ROOM = [os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)]
# A query that outgrows memory ends in a sentence instead of writing a file beside the warehouse.
IN_MEMORY: dict[str, str | bool | int | float | list[str]] = {"temp_directory": ""}
# Those that this process has the right to publish to, with what raises LockedError if it was lost.
_written: dict[Path, Callable[[], None]] = {}
# In the names of what is not finished, where machines share: one that has lost the right and does
# not know it yet works on, beside the one that has it now.
_MARK = os.urandom(4).hex()
_UNFINISHED = re.compile(r"((?:\.(?:new|again|target)(?:\.[0-9a-f]{8})?)+)(?:\.wal|\.tmp)?")
_HOLDER = re.compile(r"Conflicting lock is held in (.*?\(PID \d+\))")


@contextmanager
def sole_writer(path: Path, shared: Service | None = None) -> Iterator[None]:
    """Holds the right to publish to `path`, and clears away what a killed writer left beside it.

    `shared` is the PostgreSQL in which several machines settle who has it. Raises LockedError if
    another process has it.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - readers, who must start fast, need none

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            f"{path}: another refresh is writing. Wait for it to end, or stop it first."
        ) from error
    try:
        with sole_machine(shared) if shared else nullcontext(_hold) as require_right:
            _written[path] = require_right
            clear_away_unfinished()
            yield
    finally:
        _written.pop(path, None)
        lock.release()


def require_right(path: Path) -> None:
    """Raises LockedError where the right to publish to `path` was lost to another machine."""
    _written.get(path, _hold)()


def _hold() -> None:
    """A lock of the system is held until it is released."""


def clear_away_unfinished() -> None:
    """Removes what is not finished beside each warehouse that this process has the right to."""
    for path in _written:
        for there in list(path.parent.iterdir()):
            rest = there.name.removeprefix(path.name)
            if rest != there.name and (left := _UNFINISHED.fullmatch(rest)):
                remove(path.with_name(path.name + left[1]))


@contextmanager
def build(path: Path, *, of_old: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty new warehouse with the raw schema; published if the block ends well.

    `of_old`: a copy of the old one instead. It takes half of the machine's memory at most, and no
    more than MEMORY; what needs more room is put beside the file, and cleared away. An error in the
    block leaves the old file untouched and removes the new one; one that comes of a full disk is
    raised as NoRoomError.
    """
    new = unfinished(path, "new")
    remove(new)
    try:
        if of_old:
            _copy(path, new)
        with duckdb.connect(str(new)) as con:
            con.execute(f"set memory_limit = {quote(share_of_memory(con, 50, MEMORY))}")
            for script in [] if of_old else sorted(SCHEMA.glob("*.sql")):
                con.execute(script.read_text(encoding="utf-8"))
            yield con
            con.execute("checkpoint")
        swap(new, path)
    except BaseException as error:
        remove(new)
        if _is_for_want_of_room(error):
            raise NoRoomError(
                f"{new}: can't be written ({error}). Make room on the disk and try again; the"
                " warehouse is as it was."
            ) from error
        raise


def _copy(path: Path, new: Path) -> None:
    """A copy of the old file. Raises WarehouseError if it can't be made."""
    try:
        if not _shared(path, new):
            shutil.copyfile(path, new)
    except OSError as error:
        raise WarehouseError(f"{path}: can't be copied: {error.strerror or error}") from error


def _shared(path: Path, new: Path) -> bool:
    """Whether the system could copy: XFS and Btrfs then share what stays the same."""
    if not hasattr(os, "copy_file_range"):
        return False
    try:
        with path.open("rb") as old, new.open("wb") as copy:
            while os.copy_file_range(old.fileno(), copy.fileno(), 2**30):
                pass
    except OSError:
        return False
    return True


def swap(new: Path, path: Path) -> None:
    """Puts a finished file in the place of the old one, whose log goes with it.

    Windows does not let go of a file that a reader has open: it is tried again. Raises LockedError
    when PATIENCE is at its end, or if the right to publish was lost; the old file stays, and the
    new one is removed.
    """
    try:
        require_right(path)
    except LockedError:
        remove(new)
        raise
    _log_of(path).unlink(missing_ok=True)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.replace(new, path)  # noqa: PTH105 - the one step that publishes, named as the system does
            return
        except PermissionError as error:
            if time.monotonic() >= until:
                remove(new)
                raise LockedError(
                    f"{path}: another program has it open, or it may not be written"
                    f" ({error.strerror}). Close it there and refresh again; it is as it was."
                ) from error
        time.sleep(_PAUSE)


def beside(path: Path, what: str) -> Path:
    """The path of a file beside a warehouse, named after it."""
    return path.with_name(f"{path.name}.{what}")


def unfinished(path: Path, what: str) -> Path:
    """Where a file that is to take the place of `path` is made, and no other process makes one."""
    is_shared = _written.get(path, _hold) is not _hold
    return beside(path, f"{what}.{_MARK}" if is_shared else what)


def remove(path: Path) -> None:
    """A file that was not finished, with its log and what was spilled beside it; nothing else."""
    path.unlink(missing_ok=True)
    _log_of(path).unlink(missing_ok=True)
    shutil.rmtree(beside(path, "tmp"), ignore_errors=True)


def _is_for_want_of_room(error: BaseException) -> bool:
    """DuckDB tells of a write that failed in the words of the system, whatever was being done."""
    is_ours = isinstance(error, duckdb.Error | WarehouseError)
    return is_ours and any(word in str(error) for word in _NO_ROOM)


@contextmanager
def reading(
    path: Path, memory_limit: str | None = None, patience: float = 0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can't reach outside the warehouse file; see `sandbox`.

    Raises WarehouseError if there is no warehouse yet, or the file can't be opened, and LockedError
    if another program has it open for writing, after `patience` seconds.
    """
    if not path.is_file():
        raise WarehouseError(
            f"{path}: there is no warehouse yet. Run 'digidistrikt refresh' first."
        )
    try:
        con = when_free(
            path,
            lambda: duckdb.connect(str(path), read_only=True, config=IN_MEMORY),
            patience,
        )
    except duckdb.Error as error:
        raise WarehouseError(
            f"{path}: this can't be opened as a warehouse: {error}. 'digidistrikt rebuild' makes it"
            " again of the stored replies."
        ) from error
    try:
        sandbox(con, memory_limit)
        yield con
    finally:
        con.close()


def when_free(path: Path, attempt: Callable[[], Opened], patience: float = 0) -> Opened:
    """What an attempt to open `path` gives, tried again while another program writes to it.

    Raises LockedError when `patience`, in seconds, is at its end.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return attempt()
        except duckdb.Error as error:
            holder = _HOLDER.search(str(error))
            if not holder:
                raise
            if time.monotonic() >= until:
                raise LockedError(
                    f"{path}: another program has it open for writing ({holder[1]}). Close it"
                    " there, or let it read only: duckdb.connect(..., read_only=True)."
                ) from error
        time.sleep(_PAUSE)


def sandbox(
    con: duckdb.DuckDBPyConnection, memory_limit: str | None = None, reaches: Sequence[str] = ()
) -> None:
    """From now on no statement reaches a file, the network or a setting; what is open stays so.

    What lies below `reaches`, folders and addresses, is reached nevertheless.

    A query has `memory_limit`, as `2GB`, or a quarter of the machine's memory: the rest is for who
    else works there. DuckDB counts the path of an open file, and of its write-ahead log, as access
    that is allowed: a query could write a log beside the warehouse and make it unreadable, or
    attach it anew to change it. So the file system is taken away too. A second connection of one
    process finds this done by the first. Raises InputError for a limit that is none.
    """
    if con.execute("select current_setting('lock_configuration')").fetchone() == (True,):
        return
    try:
        con.execute(f"set memory_limit = {quote(memory_limit or share_of_memory(con, 25))}")
    except duckdb.ParserException as error:
        raise InputError(f"'{memory_limit}' is no amount of memory; write it as 2GB.") from error
    con.execute("set enable_progress_bar = false")
    if reaches:
        con.execute(f"set allowed_directories = [{', '.join(map(quote, reaches))}]")
    con.execute("set enable_external_access = false")
    if all("://" in each for each in reaches):
        con.execute("set disabled_filesystems = 'LocalFileSystem'")
    con.execute("set lock_configuration = true")


def share_of_memory(con: duckdb.DuckDBPyConnection, percent: int, most: int | None = None) -> str:
    """DuckDB's own limit is 80 percent of what the machine, or its container, has."""
    [(limit,)] = con.execute(
        f"select parse_formatted_bytes(current_setting('memory_limit')) * {percent} // 80"
    ).fetchall()
    return f"{min(limit, most or limit)}B"


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")
