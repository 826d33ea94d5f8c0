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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    PATIENCE_SECONDS,
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

LOCKED = LockedError.exit_code
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

    A reader looks again after `pause` seconds; who has the right to write loses its session about
    once in `session` seconds; `killed` is the share of refreshes that are killed on their way. So
    are those that are on it when the time is up.
    """

    seconds: float
    readers: int
    requests: int
    per_seconds: float
    pause: float = 20
    session: float = 120
    killed: float = 0.5
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
    before: dict[str, float] = field(default_factory=dict)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    looks: int = 0
    readers_killed: int = 0
    sessions_ended: int = 0
    revisions: int = 0

    def __post_init__(self) -> None:
        self.home, self.catalogue = self.folder / "home", cut_down(self.folder / "catalogue")
        self.until = time.monotonic() + self.scale.seconds
        self._lock = threading.Lock()

    # --- what goes on at once ---------------------------------------------------------------

    def play(self) -> None:
        """Machines and readers at work until the time is up; raises what any of them met."""
        with open_warehouse(self.home) as con:
            self.before = _values(con)
        self.of_readers = {**os.environ, **self.lake.readers()}
        with ThreadPoolExecutor(len(_MACHINES) + self.scale.readers + 1) as threads:
            self.until = time.monotonic() + self.scale.seconds
            playing = [threads.submit(self._refresh_on, name) for name in _MACHINES]
            playing += [threads.submit(self._read, number) for number in range(self.scale.readers)]
            playing += [threads.submit(self._end_sessions)]
            for each in playing:
                each.add_done_callback(self._stop_if_failed)
        for each in playing:
            each.result()

    def _stop_if_failed(self, ended: Future[None]) -> None:
        if ended.exception():
            self.until = 0

    def random(self, who: str) -> Random:
        return Random(f"{self.scale.seed} {who}")  # noqa: S311 - of a test

    def _refresh_on(self, machine: str) -> None:
        random = self.random(machine)
        while time.monotonic() < self.until:
            if random.random() < 0.6:
                with self._lock:
                    self.services.revise(random)
                    self.revisions += 1
            moment = random.choice(_MOMENTS), random.choice([0, random.uniform(0, 3)])
            is_killed = random.random() < self.scale.killed
            code = self.refresh(machine, moment if is_killed else None, self.until)
            if code == LOCKED:
                time.sleep(random.uniform(0, 3))

    def refresh(
        self, machine: str, kill: tuple[str, float] | None = None, until: float | None = None
    ) -> int:
        """One refresh on a machine, which dies as `kill` says, or `until` then; its exit code."""
        words = ("refresh", "--direct", "--json-log", "--upstream", self.services.address)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.lake.machine", self.catalogue, machine,
             str(self.scale.per_seconds), *words, "--home", self.home],
            env={**os.environ, CALLS_VARIABLE: str(self.scale.requests),
                 SHARED_VARIABLE: self.lake.database, TARGETS_VARIABLE: self.lake.name},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        end = threading.Timer(until - time.monotonic() if until else PATIENCE_SECONDS, process.kill)
        end.start()
        said, code = followed(process, kill)
        end.cancel()
        assert "Traceback" not in said, said
        assert code in {0, BEHIND, LOCKED, -9}, (code, said)
        assert code != BEHIND or "the right to write was lost" in said, said
        with self._lock:
            self.outcomes[{0: "done", BEHIND: "lake behind", -9: "killed"}.get(code, "locked")] += 1
            if code == -9:
                self.killed_at[last_step(said)] += 1
        return code

    def _end_sessions(self) -> None:
        """The server ends the session of who has the right to write, now and then."""
        random = self.random("server")
        while (left := self.until - time.monotonic()) > 0:
            time.sleep(min(left, random.uniform(0.5, 1.5) * self.scale.session))
            with self.lake.postgres.connected(self.lake.database) as con:
                self.sessions_ended += len(con.execute(postgres.END_WHO_HOLDS).fetchall())

    def _read(self, number: int) -> None:
        random = self.random(f"reader {number}")
        while time.monotonic() < self.until:
            reader = subprocess.Popen(
                [sys.executable, "-m", "tests.lake.reader", self.lake.name,
                 str(self.scale.pause)],
                env=self.of_readers,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert reader.stdout
            assert reader.stderr
            said = reader.stdout.readline()  # who is killed before it has looked has seen nothing
            left = max(0, self.until - time.monotonic())
            end = threading.Timer(min(left, random.uniform(0, 4) * self.scale.pause), reader.kill)
            end.start()
            said += reader.stdout.read()
            told = reader.stderr.read()
            assert reader.wait() == -9, told
            self._note(said[: said.rfind("\n") + 1].splitlines())  # not a line it was killed in

    def _note(self, looks: Sequence[str]) -> None:
        """What a reader saw: a vintage has the same figures whenever and by whom it is read."""
        with self._lock:
            self.readers_killed += 1
            self.looks += len(looks)
            for line in looks:
                vintage, began, figures = line.split("\t")
                assert self.seen.setdefault(vintage, (began, figures)) == (began, figures)

    # --- what came of it --------------------------------------------------------------------

    def look_back(self) -> int:
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
            for number, value in _values(con).items():
                revised = self.before[number] * self.services.factor[number]
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


def _values(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """The figure of one place and year by each table that is revised."""
    return {
        number: float(con.execute(_VALUE, [indicator, PLACE, PERIOD]).fetchall()[0][0])
        for number, indicator in REVISED.items()
    }


def soak(scale: Scale, folder: Path, made: MadeLake, tell: Callable[[str], object]) -> Soak:
    """Runs the whole of it. Raises AssertionError for what is not as it must be."""
    with Counted() as services:
        run = Soak(scale, folder, made, services)
        assert run.refresh("north") == 0
        run.play()
        run.services.revise(run.random("publisher"))  # a vintage comes after the last kill
        assert run.refresh("south") == 0
        most, vintages = services.most_in(scale.per_seconds), run.look_back()
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
