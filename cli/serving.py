"""A folder served on loopback: to this machine, and to requests that name it as such."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from common.errors import InputError

HERE = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    """Files of the folder, without a line for each on the terminal."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so in the library
        """Says nothing."""


@contextmanager
def served(folder: Path, port: int) -> Iterator[ThreadingHTTPServer]:
    """A server of a published folder on a port of loopback, or on a free one for 0.

    Raises InputError for a folder that `publish` did not write, or a port that is taken.
    """
    if not (folder / "datapackage.json").is_file():
        raise InputError(
            f"{folder}: this is no published folder; 'digidistrikt publish --out FOLDER' makes one."
        )
    try:
        server = ThreadingHTTPServer((HERE, port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise InputError(f"port {port} can't be used ({error.strerror}); give another.") from error
    with server:
        yield server
