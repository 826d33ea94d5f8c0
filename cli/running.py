"""A query that takes long can be stopped: by Ctrl-C within a second, or by a time limit."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

import duckdb
import typer

from common.errors import INTERRUPTED, InputError

_Result = TypeVar("_Result")
_PATIENCE = 1.0  # seconds in which DuckDB ends a query, unless it is within one long function


def interruptible(
    con: duckdb.DuckDBPyConnection, work: Callable[[], _Result], timeout: float | None = None
) -> _Result:
    """Does work on a connection in a thread of its own, so that this one hears Ctrl-C.

    `timeout` is in seconds. Raises what the work raises, KeyboardInterrupt, and InputError when the
    time is up. Work that DuckDB doesn't end by then ends with the process.
    """
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again, by the other thread
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        done, _ = wait([future], timeout)
    except KeyboardInterrupt:
        _stop(con, future, "interrupted.", INTERRUPTED)
        raise
    if not done:
        sentence = f"this query did not end in {timeout:g} s; give it more with --timeout SECONDS."
        _stop(con, future, sentence, InputError.exit_code)
        raise InputError(sentence)
    return future.result()


def _stop(
    con: duckdb.DuckDBPyConnection, future: "Future[_Result]", sentence: str, code: int
) -> None:
    """Stops the work; where DuckDB does not hear of it, ends the process with a sentence."""
    con.interrupt()
    if not wait([future], _PATIENCE).done:
        typer.echo(f"digidistrikt: {sentence}", err=True)
        sys.stdout.flush()
        os._exit(code)
