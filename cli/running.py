"""Work that can be stopped: by Ctrl-C at once, by a termination, or by a time limit."""

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, wait
from math import inf
from threading import Thread
from time import monotonic
from types import FrameType
from typing import Any, TypeVar

import duckdb
import typer

from common.errors import INTERRUPTED, InputError

_Result = TypeVar("_Result")
# Work that goes on in a thread, each with what clears away what it leaves.
_UNFINISHED: "dict[Future[Any], Callable[[], None]]" = {}
_PATIENCE = 1.0  # seconds in which DuckDB ends a query, unless it is within one long function
_ONE_WAIT = 0.2  # seconds; a signal that reaches another thread ends no wait of the main one


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM)."""

    exit_code = 128 + signal.SIGTERM


def in_thread(work: Callable[[], _Result], give_up: Callable[[], None]) -> _Result:
    """Does work in a thread of its own, so that this one hears Ctrl-C and a termination at once.

    Neither reaches the work, nor a process it starts: `give_up` clears away what it leaves, and
    the process is to end (see `leave`). Raises what the work raises, KeyboardInterrupt and
    Terminated.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        future = _begun(work, give_up)
        _ended(future)
        return future.result()
    except KeyboardInterrupt:
        give_up()
        raise


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


def leave(code: int) -> None:
    """Ends the process if work still goes on in a thread, which nobody waits for.

    What it has left since it was given up is cleared away at the very end.
    """
    if _UNFINISHED:
        sys.stdout.flush()
        sys.stderr.flush()
        for give_up in [*_UNFINISHED.values()]:
            give_up()
        os._exit(code)


def interruptible(
    con: duckdb.DuckDBPyConnection, work: Callable[[], _Result], timeout: float | None = None
) -> _Result:
    """Does work on a connection in a thread of its own, so that this one hears Ctrl-C.

    `timeout` is in seconds. Raises what the work raises, KeyboardInterrupt, and InputError when the
    time is up. Work that DuckDB doesn't end by then ends with the process.
    """
    future = _begun(work, _leave_nothing)
    try:
        done = _ended(future, timeout)
    except KeyboardInterrupt:
        _stop(con, future, "interrupted.", INTERRUPTED)
        raise
    if not done:
        sentence = f"this query did not end in {timeout:g} s; give it more with --timeout SECONDS."
        _stop(con, future, sentence, InputError.exit_code)
        raise InputError(sentence)
    return future.result()


def _begun(work: Callable[[], _Result], give_up: Callable[[], None]) -> "Future[_Result]":
    """What work in a thread will give. Signals are for the thread that waits."""
    future: Future[_Result] = Future()
    _UNFINISHED[future] = give_up
    future.add_done_callback(_UNFINISHED.pop)

    def run() -> None:
        if hasattr(signal, "pthread_sigmask"):  # Windows has none
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by its processes
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again, by the other thread
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def _leave_nothing() -> None:
    """A query leaves nothing that must be cleared away."""


def _ended(future: "Future[_Result]", timeout: float | None = None) -> bool:
    """Waits until the work ends, or the time (in seconds) is up; whether it ended.

    Waits a little at a time: the system may give a signal to any thread, but Python acts on it in
    the main one, which goes on waiting unless it is woken. Raises what the signal stands for.
    """
    ends = monotonic() + (inf if timeout is None else timeout)
    while (left := ends - monotonic()) > 0:
        if wait([future], min(left, _ONE_WAIT)).done:
            return True
    return future.done()


def _stop(
    con: duckdb.DuckDBPyConnection, future: "Future[_Result]", sentence: str, code: int
) -> None:
    """Stops the work; where DuckDB does not hear of it, ends the process with a sentence."""
    con.interrupt()
    if not wait([future], _PATIENCE).done:
        typer.echo(f"digidistrikt: {sentence}", err=True)
        sys.stdout.flush()
        os._exit(code)
