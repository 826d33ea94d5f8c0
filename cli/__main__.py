"""Where the program starts: while its modules are imported, Ctrl-C ends it in a sentence."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from common.errors import INTERRUPTED


def main() -> None:
    """Imports the commands, and runs the one asked for."""
    with importing():
        from cli import main as commands

    commands.main()


@contextmanager
def importing() -> Iterator[None]:
    """Within it Ctrl-C ends the process, unless it is not heard, as after `nohup`."""
    is_main = threading.current_thread() is threading.main_thread()
    hears = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if hears:
        signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        if hears:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Ends the process: a module that is half imported may make anything of an exception."""
    os.write(2, b"digidistrikt: interrupted.\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
