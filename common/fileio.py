"""Reading a file that a person named: whole, at once, and never more than memory has room for."""

import stat
from pathlib import Path

from common.errors import InputError

MAX_BYTES = 50_000_000


def read_bytes(path: Path, at_most: int = MAX_BYTES) -> bytes:
    """The content of an ordinary file of `at_most` bytes.

    Raises InputError for what is missing, may not be read, is larger, or is no ordinary file: a
    folder, a device such as /dev/zero, or a pipe, which could be without end or never begin.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(
                f"{path}: this is {_kind(status.st_mode)}, not an ordinary file; name a file."
            )
        if status.st_size > at_most:
            raise _too_large(path, status.st_size, at_most)
        with path.open("rb") as file:
            content = file.read(at_most + 1)  # it may have grown, and /proc says 0 of its own
    except FileNotFoundError as error:
        raise InputError(
            f"{path.name}: there is no such file in {path.parent}. Check the path."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: the file can't be read ({reason}). Check the path.") from error
    if len(content) > at_most:
        raise _too_large(path, len(content), at_most)
    return content


def _too_large(path: Path, size: int, at_most: int) -> InputError:
    return InputError(
        f"{path}: {size:,} bytes are more than {at_most:,}; take out what is not needed, or"
        " split the file."
    )


def _kind(mode: int) -> str:
    kinds = {
        stat.S_ISDIR: "a folder",
        stat.S_ISFIFO: "a pipe",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
        stat.S_ISSOCK: "a socket",
    }
    return next((kind for is_one, kind in kinds.items() if is_one(mode)), "something else")
