"""How much a service puts up with."""

import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Window:
    """At most `requests` in any `seconds`, counted from when each was let in."""

    requests: int
    seconds: float
    _let_in: deque[float] = field(default_factory=deque)

    def lets_in(self) -> bool:
        """Whether one more request may come now; if so it is counted."""
        self._forget()
        if len(self._let_in) >= self.requests:
            return False
        self._let_in.append(time.monotonic())
        return True

    @property
    def remaining(self) -> int:
        self._forget()
        return self.requests - len(self._let_in)

    def _forget(self) -> None:
        while self._let_in and self._let_in[0] <= time.monotonic() - self.seconds:
            self._let_in.popleft()


@dataclass
class Limits:
    """The limits of the services. Tests lower them to be quick; the defaults are the real ones.

    `cells` a StatBank reply, `address` characters of a StatBank GET address, `statbank` and
    `searches` requests in a time window. The search limit of data.norge.no is hearsay (check).
    """

    cells: int = 800_000
    address: int = 2_100
    statbank: Window = field(default_factory=lambda: Window(30, 60))
    searches: Window = field(default_factory=lambda: Window(10, 60))
