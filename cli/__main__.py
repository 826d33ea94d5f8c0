"""Where the program starts: before its modules are there, Ctrl-C already ends it in a sentence."""

import os
import signal
from types import FrameType

from common.errors import INTERRUPTED


def main() -> None:
    """Imports the commands, and runs the one asked for."""
    hears = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so after `nohup`
    if hears:
        signal.signal(signal.SIGINT, _end)
    from cli import main as commands

    if hears:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    commands.main()


def _end(_number: int, _frame: FrameType | None) -> None:
    """Ends the process: a module that is half imported may make anything of an exception."""
    os.write(2, b"digidistrikt: interrupted.\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
