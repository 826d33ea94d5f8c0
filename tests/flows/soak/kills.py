"""Many refreshes with random faults and kills, against the stand-in server.

Before each refresh a publisher may revise a table (figures made up), and services may misbehave;
some refreshes are killed with SIGKILL at a random moment. After each one the file must open and be
whole: the old one byte for byte, or a new one whose tables have the digests it keeps. In the end
the services are well again, one more refresh is made, and the warehouse must be that of one clean
refresh into an empty folder; and every vintage must be known as it was published.

Everything random comes of one seed, but for how fast the machine is: at which step a kill meets the
refresh is noted, not decided. The catalogue is cut down to few tables, for fifty refreshes of
all of them take the better part of an hour; the processes, the models and the checks are the real
ones.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb

from flows.settings import CALLS_VARIABLE, Settings
from tests.flows.test_live_path import figures
from tests.small import REVISED, cut_down
from tests.upstream import faults
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Cells, Figures, Table, Wanted, now
from warehouse import publish, vintages

PLACE, PERIOD = "4601", "2025"
FAULTS = [
    "back_at_once",
    "vanished",
    "page_instead",
    "redirect_loop",
    "half_a_body",
    "reset",
    "broken_json",
    "one_value_too_few",
    "duplicate_code",
    "not_a_number",
    "numbers_as_text",
]
OFFIGURES = {"one_value_too_few", "duplicate_code", "not_a_number", "numbers_as_text"}
ADDRESSES = [*(f"{number}/data" for number in REVISED), "07459/data"]
OTHER_ADDRESSES = ["14534/metadata", "06944/metadata", "codesAt", "alle-erklaeringer", "tables?"]
MOMENTS = ["planning", "fetching", "loading replies", "modelling", "checking", "publishing"]
OF_A_HISTORY = {"superseded", "revision", "data_check"}
PATIENCE_SECONDS = 600
FIGURES = """
    select md5(string_agg(line, '' order by line)) from (
        select md5(row(indicator_id, municipality_code, period, value, quality, status,
            missing_reason)::varchar) as line
        from {}
    )
"""


@dataclass(frozen=True)
class Revised:
    """Figures as a publisher might revise them, made up."""

    figures: Figures
    factor: float

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        found = self.figures.cells(table, wanted)
        return replace(found, values=found.values * self.factor)


@dataclass
class Soak:
    """What was done and seen so far."""

    home: Path
    catalogue: Path
    upstream: StandIn
    random: Random
    factor: dict[str, float] = field(default_factory=lambda: dict.fromkeys(REVISED, 1.0))
    base: dict[str, float] = field(default_factory=dict)
    vintages: dict[str, str] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    killed_at: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    revisions: int = 0

    def __post_init__(self) -> None:
        self._tables = {number: self.upstream.statbank.tables[number] for number in REVISED}

    @property
    def warehouse(self) -> Path:
        return Settings(home=self.home).warehouse

    def revise(self) -> None:
        """A publisher revises a table."""
        number = self.random.choice(list(REVISED))
        self.factor[number] = 1 + self.random.randint(1, 50) / 1000
        table = self._tables[number]
        revised = replace(table, figures=Revised(table.figures, self.factor[number]))
        self.upstream.statbank.publish(revised.updated_at(now()))
        self.revisions += 1

    def misbehave(self) -> None:
        """A service misbehaves: once, twice or for good."""
        name = self.random.choice(FAULTS)
        places = ADDRESSES if name in OFFIGURES else [*ADDRESSES, *OTHER_ADDRESSES]
        where, times = self.random.choice(places), self.random.choice([1, 2, None])
        if name in {"half_a_body", "reset"} and times is None:
            times = 2  # waited out at doubling intervals
        self.upstream.misbehave(faults.BY_NAME[name], where, times)
        self.faults[name] += 1

    def refresh(self, *, killed: bool) -> str:
        """One refresh, killed or not; says what became of it, after looking at the file."""
        before = _sha256(self.warehouse)
        said, code = self._run(self.home, self._moment() if killed else None)
        assert "Traceback" not in said, said
        assert code in {0, 3, 4, -9}, (code, said)
        if code == -9:
            self.killed_at[last_step(said)] += 1
        is_new = _sha256(self.warehouse) != before
        if is_new:
            self._look_at_the_new_file()
        if code != -9:
            self._look_for_leftovers(said, code)
        how = "killed" if code == -9 else f"exit code {code}"
        outcome = f"{how}, {'new file' if is_new else 'old file'}"
        self.outcomes[outcome] += 1
        return outcome

    def rebuild(self) -> None:
        """All vintages made again of stored replies, stale ones among them, are the same."""
        before = figures(self.home)
        said, code = self._run(self.home, None, "rebuild")
        assert code == 0, said
        assert figures(self.home) == before

    def _run(self, home: Path, kill: tuple[str, float] | None, *command: str) -> tuple[str, int]:
        """A refresh, or another command, as a person runs it; what it logged, and its exit code."""
        refresh = ("refresh", "--direct", "--json-log", "--upstream", self.upstream.address)
        words = command or refresh
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.small", str(self.catalogue), *words, "--home", str(home)],
            env={**os.environ, CALLS_VARIABLE: "100000"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        return followed(process, kill)

    def _moment(self) -> tuple[str, float]:
        return self.random.choice(MOMENTS), self.random.choice([0, self.random.uniform(0, 3)])

    def _look_at_the_new_file(self) -> None:
        """It is whole, and its figures are those the services gave, or the last good ones."""
        with publish.reading(self.warehouse) as con:
            [(run_id, started)] = con.execute(
                "select run_id, started_at::varchar from mart.refresh_run"
                " order by started_at desc limit 1"
            ).fetchall()
            kept = con.execute(
                "select table_name, (rows, digest) from mart.table_digest where run_id = ?",
                [run_id],
            ).fetchall()
            assert dict(kept) == vintages.digest(con), "the file is not what its digests say"
            [(digest,)] = con.execute(FIGURES.format("mart.observation")).fetchall()
            self.vintages[str(started)] = str(digest)
            for number, indicator in REVISED.items():
                self._compare(con, run_id, number, indicator)

    def _compare(
        self, con: duckdb.DuckDBPyConnection, run_id: str, number: str, indicator: str
    ) -> None:
        [(value,)] = con.execute(
            "select value from mart.observation where indicator_id = ? and municipality_code = ?"
            " and period = ?",
            [indicator, PLACE, PERIOD],
        ).fetchall()
        [(outcome,)] = con.execute(
            "select outcome from mart.source_run where run_id = ? and table_id = ?",
            [run_id, f"ssb_{number}"],
        ).fetchall()
        base = self.base.setdefault(number, value / self.factor[number])
        served = base * self.factor[number]
        if outcome == "fetched":
            assert abs(value - served) < 1e-6 * served, (number, value, served)

    def _look_for_leftovers(self, said: str, code: int) -> None:
        names = [path.name for path in self.home.rglob("*")]
        left = [name for name in names if name.endswith((".part", ".wal", ".tmp"))]
        left += [name for name in names if ".duckdb." in name and not name.endswith(".lock")]
        assert not left, (left, said)
        if code == 0:
            assert not (self.home / "unfinished").exists(), said

    def compare_with_a_clean_run(self, folder: Path) -> int:
        """The rows compared, all the same. What says how and when a figure came differs."""
        said, code = self._run(folder, None)
        assert code == 0, said
        here, clean = figures(self.home), figures(folder)
        assert here.keys() == clean.keys()
        compared = 0
        for table, rows in clean.items():
            if table not in OF_A_HISTORY:
                assert _plain(here[table]) == _plain(rows), table
                compared += len(rows)
        return compared

    def look_back(self) -> None:
        """Every vintage is known as it was published."""
        with publish.reading(self.warehouse) as con:
            for started, digest in self.vintages.items():
                known = f"mart.observation_as_of('{started}')"
                [(then,)] = con.execute(FIGURES.format(known)).fetchall()
                assert then == digest, started


def soak(refreshes: int, seed: int, home: Path, tell: Callable[[str], object]) -> Soak:
    """Runs the whole of it. Raises AssertionError for the first thing that is not as it must be."""
    limits = Limits(statbank=Window(10_000, 1), searches=Window(10_000, 1))
    with StandIn(limits=limits) as upstream:
        run = Soak(home / "soaked", cut_down(home / "catalogue"), upstream, Random(seed))  # noqa: S311
        run.refresh(killed=False)
        for number in range(1, refreshes + 1):
            upstream.heal()
            if run.random.random() < 0.45:
                run.revise()
            for _ in range(run.random.choice([0, 0, 1, 2])):
                run.misbehave()
            began = time.monotonic()
            outcome = run.refresh(killed=run.random.random() < 0.45)
            tell(f"{number:4} {time.monotonic() - began:6.1f} s  {outcome}")
        upstream.heal()
        last = run.refresh(killed=False)
        assert last.startswith("exit code 0"), last
        compared = run.compare_with_a_clean_run(home / "clean")
        run.look_back()
        for line in _told(run, refreshes, seed, compared):
            tell(line)
    return run


def followed(process: "subprocess.Popen[str]", kill: tuple[str, float] | None) -> tuple[str, int]:
    """What a refresh logs until it ends, and its exit code.

    It is killed so many seconds after a line that holds a text, if `kill` names both.
    """
    assert process.stderr is not None
    overdue = threading.Timer(PATIENCE_SECONDS, process.kill)
    overdue.start()
    said: list[str] = []
    for line in process.stderr:
        said.append(line)
        if kill and kill[0] in line:
            threading.Timer(kill[1], process.kill).start()
            kill = None
    code = process.wait()
    assert overdue.is_alive(), "a refresh took too long"
    overdue.cancel()
    process.stderr.close()
    return "".join(said), code


def _told(run: Soak, refreshes: int, seed: int, compared: int) -> Iterator[str]:
    """What is kept of a run."""
    yield (
        f"{datetime.now(UTC):%Y-%m-%d}, seed {seed}: {refreshes} refreshes, {run.revisions}"
        f" revisions, {sum(run.faults.values())} faults, {sum(run.killed_at.values())} kills"
    )
    yield f"faults: {counted(run.faults)}"
    yield f"killed at: {counted(run.killed_at)}"
    yield f"outcomes: {counted(run.outcomes)}"
    yield f"{len(run.vintages)} vintages, each known as it was published"
    yield f"{compared} rows of mart the same as those of a clean run"


def last_step(said: str) -> str:
    """The moment that a refresh had come to, by what it logged."""
    steps = [json.loads(line)["message"] for line in said.splitlines() if line.startswith("{")]
    return next(
        (moment for step in reversed(steps) for moment in MOMENTS if step.startswith(moment)),
        "before planning",
    )


def _plain(rows: list[tuple[object, ...]]) -> list[str]:
    """Without whether a table was asked in the newest run or the one before."""
    return [str(row).replace("'unchanged'", "'fetched'") for row in rows]


def counted(counter: Counter[str]) -> str:
    """Names with their counts, in a line."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
