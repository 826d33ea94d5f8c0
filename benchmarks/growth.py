"""How time, memory and file grow with the number of figures: `python -m benchmarks.growth`.

Generated figures on the real map: copies of the population of every year since 1986, in fractions,
with a ratio of every ten. They go through load, models, checks, digests and publishing as a
refresh takes them, each size in a process of its own. Then one small table among them changes, and
is published as the next vintage.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from flows import build, engine, runs
from flows.runs import Run
from flows.settings import Settings
from warehouse import checks, incremental, models, publish, vintages

SIZES = (0.1, 1, 10, 30, 100)  # million figures that are added
CHANGED = "ssb_12134"  # a small table of the recordings
STEPS = ("load", "models", "checks", "digests", "publish")
TOTALS = "      all peak MB file MB changed s peak MB"
# Counts of which every tenth has a ratio of itself and the one before.
_COUNTS = """
insert into raw.indicator
select indicator.* replace (
    'm' || lpad(n::varchar, 5, '0') || '_made_up' as indicator_id, false as wide
)
from raw.indicator as indicator cross join range($counts) as made_up (n)
where indicator_id = 'population';

insert into raw.indicator_origin
select origin.* replace ('m' || lpad(n::varchar, 5, '0') || '_made_up' as indicator_id)
from raw.indicator_origin as origin cross join range($counts) as made_up (n)
where indicator_id = 'population';

insert into raw.indicator
select indicator.* replace (
    'r' || lpad(n::varchar, 5, '0') || '_made_up' as indicator_id,
    false as wide,
    'ratio' as aggregate,
    'm' || lpad(n::varchar, 5, '0') || '_made_up' as numerator,
    'm' || lpad((n + 1)::varchar, 5, '0') || '_made_up' as denominator,
    1 as factor,
    null as minimum,
    null as maximum
)
from raw.indicator as indicator cross join range(0, $counts - 1, 10) as made_up (n)
where indicator_id = 'population';
"""
# Figures come as replies do: one indicator after the other.
_FIGURES = """
insert into raw.observation
select observation.* replace (
    'm' || lpad(n::varchar, 5, '0') || '_made_up' as indicator_id, value * (1 + n / 7) as value
)
from raw.observation as observation cross join range($first, $last) as made_up (n)
where indicator_id = 'population'
order by n
"""
_AT_ONCE = 50  # indicators that are sorted together


def main() -> None:
    """A line a size, by step; the growth of time and memory from each size to the next."""
    sizes = [float(size) for size in sys.argv[1:]] or SIZES
    found: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        engine.run(Settings(home=home, upstream="recorded"))
        print("million  figures in                 seconds of CPU, by step")
        print("added    the mart   " + "".join(f"{step:>10}" for step in STEPS) + TOTALS)
        for size in sizes:
            done = measured(home, size)
            steps = "".join(f"{done[step]:10.1f}" for step in STEPS)
            total = sum(done[step] for step in STEPS)
            slope = ""
            if found:
                more = (total - found[-1]["total"]) / (size - found[-1]["size"])
                slope = f"   {more:.1f} s a million more"
            print(
                f"{size:7.1f} {done['figures']:11,}{steps}{total:9.1f}{done['peak']:8.0f}"
                f"{done['file']:8.0f}{done['changed']:10.1f}{done['changed peak']:8.0f}{slope}",
                flush=True,
            )
            found.append(done | {"total": total, "size": size})
    for line in drawn(found):
        print(line)


def drawn(found: list[dict[str, Any]]) -> Iterator[str]:
    """A bar a size: its seconds of CPU for a million figures added, by step."""
    yield "\nseconds of CPU a million added: " + ", ".join(f"{step[0]} {step}" for step in STEPS)
    for done in found:
        bar = "".join(step[0] * round(4 * done[step] / done["size"]) for step in STEPS)
        yield f"{done['size']:6.1f} {done['total'] / done['size']:7.1f} {bar[:80]}"


def measured(home: Path, size: float) -> dict[str, Any]:
    """One size in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", "--one", str(home), str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def one(home: Path, size: float) -> None:
    """Adds the figures to a copy of the warehouse and publishes it; prints what it took."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "digidistrikt.duckdb"
        path.write_bytes(Settings(home=home).warehouse.read_bytes())
        taken: dict[str, Any] = {}
        begun = cpu()
        with publish.build(path, of_old=True) as con:
            incremental.begin(con)
            run = run_of("made_up")
            runs.record(con, Settings(home=home).warehouse, run)
            for step, work in (
                ("load", lambda: add(con, size)),
                ("models", lambda: models.run_all(con)),
                ("checks", lambda: checks.run_all(con)),
                ("digests", lambda: digest(con, run)),
            ):
                taken[step] = timed(work)
            [(taken["figures"],)] = con.execute("select count(*) from mart.observation").fetchall()
        taken["publish"] = cpu() - begun - sum(taken[step] for step in STEPS if step in taken)
        taken["peak"] = peak()
        taken["file"] = path.stat().st_size / 1e6
        begun = time.perf_counter()
        change(path)
        taken["changed"] = time.perf_counter() - begun
        taken["changed peak"] = peak()
        print(json.dumps(taken))


def add(con: duckdb.DuckDBPyConnection, size: float) -> None:
    [(each,)] = con.execute(
        "select count(*) from raw.observation where indicator_id = 'population'"
    ).fetchall()
    counts = max(round(size * 1e6 / each), 2)
    for statement in _COUNTS.split(";\n"):
        if statement.strip():
            con.execute(statement, {"counts": counts})
    for first in range(0, counts, _AT_ONCE):
        con.execute(_FIGURES, {"first": first, "last": min(first + _AT_ONCE, counts)})


def change(path: Path) -> None:
    """Publishes the next vintage, in which one small table has other figures."""
    with publish.build(path, of_old=True) as con:
        incremental.begin(con)
        con.execute(
            "update raw.observation set value = value * 1.001"
            " where reply_id in (select reply_id from raw.reply where table_id = ?)",
            [CHANGED],
        )
        build.finish(con, path, run_of("one_changed"), [CHANGED])


def run_of(name: str) -> Run:
    return Run(name, datetime.now(UTC), "none", ("", ""), 0, {CHANGED: ("fetched", "")}, None)


def digest(con: duckdb.DuckDBPyConnection, run: Run) -> None:
    runs.record_digests(con, run.run_id, {"observation": vintages.note_figures(con)})


def peak() -> float:
    """Megabytes at the peak of this process since the last time that it was asked."""
    [line] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    return int(line) * 1024 / 1e6


def timed(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    begun = cpu()
    work()
    return cpu() - begun


def cpu() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), float(sys.argv[3]))
    else:
        main()
