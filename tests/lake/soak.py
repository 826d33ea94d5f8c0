"""Two machines that refresh and ten readers of one lake, each killed at random moments.

Run as `python -m tests.lake.soak`. The machines share a home, a request budget and the right to
write; between refreshes a publisher revises a table (figures made up), and the server ends the
session that has the right to write. Readers require each vintage they see to be whole. In the end
every vintage that was published or seen is there, in the order in which it came, with the figures
it had, the last revisions are in, and the services never counted more requests than they allow.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import duckdb
import typer

from common.errors import BEHIND, LockedError
from digidistrikt.opening import open_warehouse
from flows.settings import CALLS_VARIABLE, SHARED_VARIABLE, TARGETS_VARIABLE
from tests.flows.soak.kills import (
    MOMENTS,
    PERIOD,
    PLACE,
    Revised,
    counted,
    followed,
    last_step,
)
from tests.lake import postgres, store
from tests.lake.lakes import MadeLake, new_lake
from tests.lake.reader import FIGURES, look
from tests.small import REVISED, cut_down
from tests.upstream.exchange import Answer, Question
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import now
from warehouse import lake

LOCKED, KILLED = LockedError.exit_code, -9
_MOMENTS = [*MOMENTS, "publishing to"]  # the last one is the lake
_MACHINES = ("north", "south")
_VALUE = """
    select value from mart.observation
    where indicator_id = ? and municipality_code = ? and period = ?
"""
_VINTAGES = "select run_id from mart.refresh_run order by started_at"
_SNAPSHOTS = """
    select commit_message[9:] from ducklake_snapshots('lake')
    where commit_message like 'vintage %' order by snapshot_id
"""
_WIDE = Window(1_000_000, 1)


@dataclass(frozen=True)
class Scale:
    """How long it lasts, in seconds, with how many readers, and what a publisher allows.

    A reader looks again after `pause` seconds, a machine that was locked out within them; who has
    the right to write loses its session about once in `session` seconds. `is_short`: one refresh is
    killed on its way, and it ends once a reader saw what another published.
    """

    seconds: float
    readers: int
    requests: int
    per_seconds: float
    pause: float = 20
    session: float = 120
    is_short: bool = False
    seed: int = 1


class Counted(StandIn):
    """Services that note when each request came, and can be revised."""

    def __init__(self) -> None:
        super().__init__(limits=Limits(statbank=_WIDE, searches=_WIDE))
        self.came: list[float] = []
        self.factor = dict.fromkeys(REVISED, 1.0)
        self._tables = {number: self.statbank.tables[number] for number in REVISED}

    def answer(self, question: Question) -> Answer:
        """Notes when it was asked, and answers."""
        self.came.append(time.monotonic())
        return super().answer(question)

    def revise(self, random: Random) -> None:
        """A publisher revises a table."""
        number = random.choice(list(REVISED))
        self.factor[number] = 1 + random.randint(1, 50) / 1000
        table = self._tables[number]
        revised = replace(table, figures=Revised(table.figures, self.factor[number]))
        self.statbank.publish(revised.updated_at(now()))

    def most_in(self, seconds: float) -> int:
        """The most requests that came in any so many seconds."""
        came = sorted(self.came)
        return max(sum(first <= at < first + seconds for at in came) for first in came)


@dataclass
class Soak:
    """What was done and seen so far."""

    scale: Scale
    folder: Path
    lake: MadeLake
    services: Counted
    outcomes: Counter[str] = field(default_factory=Counter)
    killed_at: Counter[str] = field(default_factory=Counter)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    looks: int = 0
    readers_killed: int = 0
    sessions_ended: int = 0
    revisions: int = 0

    def __post_init__(self) -> None:
        self.home, self.catalogue = self.folder / "home", cut_down(self.folder / "catalogue")
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._at_work: set[subprocess.Popen[str]] = set()

    # --- what goes on at once ---------------------------------------------------------------

    def play(self) -> None:
        """Machines and readers at work until the time is up; raises what any of them met."""
        self.of_readers = self.lake.readers()
        with ThreadPoolExecutor(len(_MACHINES) + self.scale.readers + 1) as threads:
            playing = [threads.submit(self._refresh_on, name) for name in _MACHINES]
            playing += [threads.submit(self._read, number) for number in range(self.scale.readers)]
            playing += [threads.submit(self._end_sessions)]
            for each in playing:
                each.add_done_callback(self._stop_if_failed)
            self._over.wait(self.scale.seconds)
            self._over.set()
            with self._lock:
                for process in self._at_work:
                    process.kill()
        for each in playing:
            each.result()
        self._over.clear()

    def _stop_if_failed(self, ended: Future[None]) -> None:
        if ended.exception():
            self._over.set()

    @contextmanager
    def _started(
        self, *words: object, env: Mapping[str, str], stdout: int = subprocess.PIPE
    ) -> Iterator["subprocess.Popen[str]"]:
        """A process at work, which is killed when the time is up."""
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, words)], env={**os.environ, **env},
            stdout=stdout, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with self._lock:
            self._at_work.add(process)
            if self._over.is_set():
                process.kill()
        try:
            yield process
        finally:
            with self._lock:
                self._at_work.remove(process)

    def random(self, who: str) -> Random:
        """What one of those at work does by chance."""
        return Random(f"{self.scale.seed} {who}")  # noqa: S311 - of a test

    def _refresh_on(self, machine: str) -> None:
        random, is_to_be_killed = self.random(machine), True
        while not self._over.is_set():
            if random.random() < 0.6:
                with self._lock:
                    self.services.revise(random)
                    self.revisions += 1
            moment = random.choice(_MOMENTS), random.choice([0, random.uniform(0, 3)])
            if self.scale.is_short and self.killed_at:
                is_to_be_killed = False
            code = self.refresh(machine, moment if is_to_be_killed else None)
            if code == LOCKED:
                self._over.wait(random.uniform(0, self.scale.pause))
            else:
                is_to_be_killed = code != KILLED

    def refresh(self, machine: str, kill: tuple[str, float] | None = None) -> int:
        """One refresh on a machine; returns its exit code."""
        words = ("refresh", "--direct", "--json-log", "--upstream", self.services.address)
        shared = {
            CALLS_VARIABLE: str(self.scale.requests),
            SHARED_VARIABLE: self.lake.database,
            TARGETS_VARIABLE: self.lake.name,
        }
        with self._started(
            "tests.lake.machine", self.catalogue, machine, self.scale.per_seconds, *words,
            "--home", self.home, env=shared, stdout=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            said, code = followed(process, kill)
        assert "Traceback" not in said, said
        assert code in {0, BEHIND, LOCKED, KILLED}, (code, said)
        assert code != BEHIND or "the right to write was lost" in said, said
        with self._lock:
            self.outcomes[
                {0: "done", BEHIND: "lake behind", KILLED: "killed"}.get(code, "locked")
            ] += 1
            if code == KILLED:
                self.killed_at[last_step(said)] += 1
        return code

    def _end_sessions(self) -> None:
        """The server ends the session of who has the right to write, now and then."""
        random = self.random("server")
        while not self._over.wait(random.uniform(0.5, 1.5) * self.scale.session):
            with self.lake.postgres.connected(self.lake.database) as con:
                self.sessions_ended += len(con.execute(postgres.END_WHO_HOLDS).fetchall())

    def _read(self, number: int) -> None:
        random, pause = self.random(f"reader {number}"), self.scale.pause
        while not self._over.is_set():
            with self._started(
                "tests.lake.reader", self.lake.name, pause, env=self.of_readers
            ) as reader:
                assert reader.stdout is not None
                end = threading.Timer(random.uniform(0, 4) * pause, reader.kill)
                for looks, line in enumerate(reader.stdout):
                    if line.endswith("\n"):  # not one it was killed in
                        self._note(line)
                    if looks == 0:
                        end.start()
                _, told = reader.communicate()
                end.cancel()
            assert reader.returncode == KILLED, told
            with self._lock:
                self.readers_killed += 1

    def _note(self, line: str) -> None:
        """What a reader saw: a vintage has the same figures whenever and by whom it is read."""
        vintage, began, figures = line.rstrip("\n").split("\t")
        with self._lock:
            self.looks += 1
            assert self.seen.setdefault(vintage, (began, figures)) == (began, figures)
            has_all = self.killed_at and self.outcomes["done"] and len(self.seen) > 1
        if self.scale.is_short and has_all:
            self._over.set()

    # --- what came of it --------------------------------------------------------------------

    def look_back(self, before: dict[str, float]) -> int:
        """Requires that nothing was lost and nothing torn; returns how many vintages there are."""
        with (
            open_warehouse(self.home) as file,
            open_warehouse(Path("none"), warehouse=self.lake.name) as con,
        ):
            assert look(con) == look(file)
            ours = [vintage for (vintage,) in con.execute(_VINTAGES).fetchall()]
            assert ours == [vintage for (vintage,) in file.execute(_VINTAGES).fetchall()]
            assert self.seen.keys() <= set(ours), "a vintage that was seen is gone"
            assert self._noted_as_published() <= set(ours), "a vintage that was published is gone"
            for began, figures in self.seen.values():
                known = f"mart.observation_as_of('{began}')"
                assert con.execute(FIGURES.format(known)).fetchall() == [(figures,)], began
            for number, value in values(con).items():
                revised = before[number] * self.services.factor[number]
                assert abs(value - revised) < 1e-6 * revised, (number, value, revised)
        snapshots = self._snapshots()
        assert self.seen.keys() <= set(snapshots)
        assert snapshots == [vintage for vintage in ours if vintage in snapshots]
        return len(ours)

    def _noted_as_published(self) -> set[str]:
        lines = (self.home / "refreshes.jsonl").read_text(encoding="utf-8").splitlines()
        noted = [json.loads(line) for line in lines]
        return {each["run_id"] for each in noted if each["outcome"] == "published"}

    def _snapshots(self) -> list[str]:
        """The vintages that snapshots of the lake are named after, oldest first."""
        with lake.connected() as con:
            lake.attach(con, self.lake.database, "lake", "read_only")
            return [vintage for (vintage,) in con.execute(_SNAPSHOTS).fetchall()]


def values(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """The figure of one place and year by each table that is revised."""
    return {
        number: float(con.execute(_VALUE, [indicator, PLACE, PERIOD]).fetchall()[0][0])
        for number, indicator in REVISED.items()
    }


def soak(
    scale: Scale,
    folder: Path,
    made: MadeLake,
    tell: Callable[[str], object],
    before: dict[str, float] | None = None,
) -> Soak:
    """Runs the whole of it. Raises AssertionError for what is not as it must be.

    `before` are the `values` as the services have them, where the home in `folder` was published to
    the lake before; without them it is made first.
    """
    with Counted() as services:
        run = Soak(scale, folder, made, services)
        if before is None:
            assert run.refresh("north") == 0
            with open_warehouse(run.home) as con:
                before = values(con)
        run.play()
        run.services.revise(run.random("publisher"))  # a vintage comes after the last kill
        assert run.refresh("south") == 0
        most, vintages = services.most_in(scale.per_seconds), run.look_back(before)
        assert most <= scale.requests, f"{most} requests in {scale.per_seconds:g} seconds"
    for line in _told(run, most, vintages):
        tell(line)
    return run


def _told(run: Soak, most: int, vintages: int) -> Iterator[str]:
    """What is kept of a run."""
    scale = run.scale
    yield (
        f"{datetime.now(UTC):%Y-%m-%d}, seed {scale.seed}: {scale.seconds:g} seconds, 2 machines"
        f" and {scale.readers} readers of one lake, {run.revisions} revisions"
    )
    yield f"refreshes: {counted(run.outcomes)}"
    yield f"killed at: {counted(run.killed_at)}"
    yield f"sessions of who had the right to write, ended by the server: {run.sessions_ended}"
    yield f"{run.looks} looks by readers, {run.readers_killed} of which were killed; none was torn"
    yield f"{vintages} vintages, {len(run.seen)} of them read in the lake, all as once published"
    yield (
        f"{len(run.services.came)} requests, at most {most} in any {scale.per_seconds:g} seconds"
        f" where {scale.requests} are allowed"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Machines and readers of one lake, with kills.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with (
        TemporaryDirectory(prefix="digidistrikt-soak-") as folder,
        postgres.running() as server,
        store.running() as files,
        new_lake(server, files, Path(folder)) as made,
    ):
        scale = Scale(given.seconds, readers=10, requests=30, per_seconds=60, seed=given.seed)
        soak(scale, Path(folder), made, typer.echo)


if __name__ == "__main__":
    main()
