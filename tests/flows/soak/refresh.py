"""A refresh and the state it ends in: in this process, or in one of its own that can be killed.

In one of its own: `python -m tests.flows.soak.refresh HOME UPSTREAM HOUR CATALOGUE [BYTES]`, where
no file may grow beyond the bytes.
"""

import logging
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from common.errors import DigidistriktError
from flows import engine
from flows.outcome import Summary
from flows.settings import CALLS_VARIABLE, Settings
from sources import catalogue
from tests.flows.soak import clock

MANY = 1_000_000
_AS_FLOW = "AS_FLOW"


@dataclass(frozen=True)
class Ended:
    """The state of a refresh as in docs/operate.md, the tables that are stale, and why.

    `published` is whether there is a new vintage.
    """

    state: str
    stale: frozenset[str] = frozenset()
    sentence: str = ""
    published: bool = False


def run_name(day: date) -> str:
    """What the run of a day is called on a Prefect server."""
    return f"refresh of {day:%Y-%m-%d}"


def run(home: Path, upstream: str, *, as_flow: bool = False) -> Ended:
    """A refresh in this process; `as_flow` under the Prefect server that is set."""
    settings = Settings(home, upstream, calls_a_minute=MANY)
    try:
        if as_flow:
            from flows.refresh import refresh_warehouse  # noqa: PLC0415 - Prefect takes seconds

            named = refresh_warehouse.with_options(flow_run_name=run_name(clock.Clock.hour))
            state = named(upstream=upstream, home=str(home), return_state=True)
            return _of(state.result(), str(state.name))
        summary = engine.run(settings)
        return _of(summary, summary.state)
    except DigidistriktError as error:
        return Ended("Failed", sentence=str(error))


def _of(summary: Summary, state: str) -> Ended:
    stale = frozenset(item.table_id for item in summary.failed)
    return Ended(state, stale, summary.why or "", summary.unchanged_since is None)


def killed(home: Path, upstream: str, moment: str, *, as_flow: bool) -> Ended:
    """A refresh in a process of its own that is killed as it logs that a step begins."""
    process = _start(home, upstream, as_flow)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if moment in line:
            process.kill()
            break
    process.stderr.close()
    assert process.wait() < 0, said
    return Ended("Crashed")


def without_room(home: Path, upstream: str, size: int, *, as_flow: bool) -> Ended:
    """A refresh in a process of its own for which the disk is full."""
    process = _start(home, upstream, as_flow, str(size))
    _, said = process.communicate()
    sentence = said.splitlines()[-1]
    assert process.returncode == 1, said
    assert "Traceback" not in sentence, said
    return Ended("Failed", sentence=sentence)


def _start(home: Path, upstream: str, as_flow: bool, *more: str) -> subprocess.Popen[str]:
    """`AS_FLOW` is empty for a refresh without Prefect."""
    hour, folder = clock.Clock.hour.isoformat(), str(catalogue.FOLDER)
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(home), upstream, hour, folder, *more],
        env={**os.environ, CALLS_VARIABLE: str(MANY), _AS_FLOW: "1" if as_flow else ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    home, upstream, hour, folder, *size = sys.argv[1:]
    catalogue.FOLDER = Path(folder)
    if size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size[0]), int(size[0])))
    log = logging.getLogger("digidistrikt")
    log.setLevel(logging.INFO)
    log.addHandler(logging.StreamHandler())
    with clock.showing(datetime.fromisoformat(hour)):
        ended = run(Path(home), upstream, as_flow=bool(os.environ[_AS_FLOW]))
    sys.exit(ended.sentence if ended.state == "Failed" else 0)


if __name__ == "__main__":
    main()
