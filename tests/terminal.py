"""A command on a terminal, as a person sees it."""

import os
import select
import time

PATIENCE_SECONDS = 300


def until(terminal: int, words: bytes) -> None:
    """Waits until a terminal has said some words."""
    said, last = b"", time.monotonic() + PATIENCE_SECONDS
    while words not in said:
        ready, _, _ = select.select([terminal], [], [], max(0, last - time.monotonic()))
        assert ready, said
        said += os.read(terminal, 4096)
