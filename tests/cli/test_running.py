"""Work in a thread of its own: a signal is heard whichever thread the system gives it to."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import duckdb
import pytest

from cli.running import Terminated, in_thread, interruptible, leave

HANGS = 60  # seconds after which a wait that hears nothing ends by itself


def signalled_in_its_thread(number: signal.Signals, heard: threading.Event) -> Callable[[], None]:
    """Work that gets the signal in its own thread, while the main one waits for it."""

    def work() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        signal.pthread_kill(threading.get_ident(), number)
        heard.wait(HANGS)

    return work


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def heard() -> Iterator[threading.Event]:
    """Ends the work after the test: a command that fails ends a process in which some goes on."""
    others = {*threading.enumerate()}
    event = threading.Event()
    yield event
    event.set()
    for thread in {*threading.enumerate()} - others:
        thread.join(HANGS)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)],
)
def test_a_signal_that_reaches_another_thread_is_heard(
    number: signal.Signals, raised: type[BaseException], heard: threading.Event
) -> None:
    given_up = []
    begun = time.monotonic()
    with pytest.raises(raised):
        in_thread(signalled_in_its_thread(number, heard), lambda: given_up.append(True))
    assert given_up == [True]
    assert time.monotonic() - begun < HANGS / 2  # it was heard, and not after the work had ended


def test_what_work_has_left_since_it_was_given_up_is_cleared_away_as_the_process_ends(
    heard: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up, ended = [], []
    monkeypatch.setattr(os, "_exit", lambda code: ended.append((code, len(given_up))))
    with pytest.raises(KeyboardInterrupt):
        in_thread(signalled_in_its_thread(signal.SIGINT, heard), lambda: given_up.append(True))
    leave(130)
    assert ended == [(130, 2)]


def test_ctrl_c_that_reaches_another_thread_stops_a_query(heard: threading.Event) -> None:
    def work() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        con.execute("select count(*) from range(1000000) a, range(1000000) b")

    with duckdb.connect() as con, pytest.raises(KeyboardInterrupt):
        interruptible(con, work)
