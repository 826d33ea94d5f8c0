"""How time, memory and file grow with the number of figures: `python -m benchmarks.growth`.

Generated figures on the real map: copies of the population of every year since 1986, in fractions,
with a ratio of every ten. They go through load, models, checks, digests and publishing as a
refresh takes them, each size in a process of its own.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from flows import engine
from flows.settings import Settings
from warehouse import checks, incremental, models, publish, vintages

SIZES = (0.1, 1, 3, 10, 30)  # million figures that are added
STEPS = ("load", "models", "checks", "digests", "publish")
TOTALS = "      all peak MB file MB"
# Counts of which every tenth has a ratio of itself and the one before.
_COUNTS = """
insert into raw.indicator
select indicator.* replace (
    'made_up_' || lpad(n::varchar, 5, '0') as indicator_id, false as is_wide
)
from raw.indicator as indicator cross join range($counts) as made_up (n)
where indicator_id = 'population';

insert into raw.indicator_origin
select origin.* replace ('made_up_' || lpad(n::varchar, 5, '0') as indicator_id)
from raw.indicator_origin as origin cross join range($counts) as made_up (n)
where indicator_id = 'population';

insert into raw.observation
select observation.* replace (
    'made_up_' || lpad(n::varchar, 5, '0') as indicator_id, value * (1 + n / 7) as value
)
from raw.observation as observation cross join range($counts) as made_up (n)
where indicator_id = 'population';

insert into raw.indicator
select indicator.* replace (
    'made_up_ratio_' || lpad(n::varchar, 5, '0') as indicator_id,
    'ratio' as aggregate,
    'made_up_' || lpad(n::varchar, 5, '0') as numerator,
    'made_up_' || lpad((n + 1)::varchar, 5, '0') as denominator,
    1 as factor,
    null as minimum,
    null as maximum
)
from raw.indicator as indicator cross join range(0, $counts - 1, 10) as made_up (n)
where indicator_id = 'population';
"""


def main() -> None:
    """A line a size, by step; the growth of time and memory from each size to the next."""
    sizes = [float(size) for size in sys.argv[1:]] or SIZES
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        engine.run(Settings(home=home, upstream="recorded"))
        print("million  figures in                 seconds of CPU, by step")
        print("added    the mart   " + "".join(f"{step:>10}" for step in STEPS) + TOTALS)
        before: dict[str, Any] | None = None
        for size in sizes:
            done = measured(home, size)
            steps = "".join(f"{done[step]:10.1f}" for step in STEPS)
            total = sum(done[step] for step in STEPS)
            slope = ""
            if before:
                more = (done["figures"] - before["figures"]) / 1e6
                slope = f"   {(total - before['total']) / more:.1f} s a million more"
            print(
                f"{size:7.1f} {done['figures']:11,}{steps}{total:9.1f}{done['peak']:8.0f}"
                f"{done['file']:8.0f}{slope}",
                flush=True,
            )
            before = done | {"total": total}


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
            for step, work in (
                ("load", lambda: add(con, size)),
                ("models", lambda: models.run_all(con)),
                ("checks", lambda: checks.run_all(con)),
                ("digests", lambda: vintages.digest(con)),
            ):
                taken[step] = timed(work)
            [(taken["figures"],)] = con.execute("select count(*) from mart.observation").fetchall()
        taken["publish"] = cpu() - begun - sum(taken[step] for step in STEPS if step in taken)
        taken["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        taken["file"] = path.stat().st_size / 1e6
        print(json.dumps(taken))


def add(con: duckdb.DuckDBPyConnection, size: float) -> None:
    [(each,)] = con.execute(
        "select count(*) from raw.observation where indicator_id = 'population'"
    ).fetchall()
    for statement in _COUNTS.split(";\n"):
        if statement.strip():
            con.execute(statement, {"counts": max(round(size * 1e6 / each), 2)})


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
