"""A table of 12 million cells from the stand-in, at StatBank's real limits of cells and requests.

`python -m benchmarks.large_table`. The table is generated: 400 regions x 100 ages x 2 contents x
150 years, and each age of each contents is an indicator, so that every cell becomes a figure. It is
planned, fetched, read and put into a DuckDB file by a process of its own, beside the stand-in;
memory is what that process had at its peak. Seconds hold the time the stand-in takes to answer.
With another number of years, as in `python -m benchmarks.large_table 750`, the peak should be the
same: it is that of one reply, and of the buffers that DuckDB has.
"""

import itertools
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from flows import load
from sources import registry
from sources.catalogue import Catalogue, Indicator, Origin, Regions, Table
from sources.catalogue.entry import Title
from sources.http import Upstream
from sources.store import Fetched, Store
from tests.upstream.server import StandIn
from tests.upstream.tables import Dimension, invented
from warehouse import publish

ROOT = Path(__file__).resolve().parent.parent
AGES = [f"{age:03}" for age in range(100)]
CONTENTS = ("Antall", "Andel")
LIMIT = 800_000
BUFFERS = 200  # megabytes that DuckDB may have


def main(count: int = 150) -> None:
    """Prints requests, seconds, memory and figures."""
    ages = Dimension("Alder", "alder", {age: f"{age} år" for age in AGES})
    years = [str(year) for year in range(2026 - count, 2026)]
    with StandIn() as server:
        server.statbank.publish(invented("99998", 400, years, CONTENTS, more=[ages]))
        found = json.loads(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.large_table", "--client", server.address],
                cwd=ROOT,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        refused = [asked for asked in server.asked if asked.status != 200]
    cells = 400 * len(AGES) * len(CONTENTS) * count
    fewest = math.ceil(cells / LIMIT)
    print(f"{cells:,} cells, at most {LIMIT:,} a query and 30 requests a minute\n")
    print(f"queries for data       {found['queries']:>12,}   the fewest possible: {fewest}")
    print(
        f"requests, {len(refused)} refused    {found['requests']:>12,}   minimum: {found['fewest']}"
    )
    print(f"figures in DuckDB      {found['figures']:>12,}")
    for name in ("planned", "fetched", "read and loaded"):
        print(f"{name:<22} {found[name]:>12.1f} s")
    print(f"memory at the peak     {found['megabytes']:>12,.0f} MB")
    print(f"of which replies       {found['replies']:>12,.0f} MB")


def entries() -> tuple[Catalogue, Table]:
    """The catalogue entry of the table, with an indicator for each age and contents."""
    title = Title(nb="OPPDIKTET", en="OPPDIKTET")
    table = Table(
        id="large",
        kind="statbank",
        table="99998",
        publisher="OPPDIKTET",
        title=title,
        licence="none",
        citation="OPPDIKTET",
        url="http://127.0.0.1",
        regions=(Regions(),),
    )
    indicators = tuple(
        Indicator(
            id=f"{contents.lower()}_{age}",
            title=title,
            unit="antall",
            aggregate="none",
            origins=(Origin(table=table.id, contents=contents, select={"Alder": (age,)}),),
        )
        for contents in CONTENTS
        for age in AGES
    )
    return Catalogue(tables=(table,), indicators=indicators), table


def client(address: str) -> dict[str, float]:
    """Does what a refresh does with a table, step by step."""
    catalogue, table = entries()
    seconds = [time.perf_counter()]
    with (
        tempfile.TemporaryDirectory() as folder,
        Upstream(address, budget=Path(folder, "budget.sqlite")) as upstream,
        duckdb.connect(str(Path(folder, "figures.duckdb"))) as con,
    ):
        con.execute(f"set memory_limit = '{BUFFERS}MB'")  # what it has, it takes
        con.execute((publish.SCHEMA / "raw.sql").read_text("utf-8"))
        load.make_tables(con)
        planned = registry.of(table).plan(catalogue, table, upstream)
        seconds.append(time.perf_counter())
        store = Store(Path(folder))
        fetched = [Fetched(item, store.keep(upstream.fetch(item.request))) for item in planned]
        seconds.append(time.perf_counter())
        load.load_replies(con, catalogue, fetched)
        con.execute("checkpoint")
        seconds.append(time.perf_counter())
        [(figures,)] = con.execute("select count(value) from raw.observation").fetchall()
        planned_in, fetched_in, read_in = (b - a for a, b in itertools.pairwise(seconds))
        return {
            "queries": len(planned),
            "requests": upstream.requests,
            "fewest": registry.fewest_requests(catalogue, planned, upstream),
            "figures": figures,
            "planned": planned_in,
            "fetched": fetched_in,
            "read and loaded": read_in,
            "replies": sum(item.reply.size for item in fetched) / 1e6,
            "megabytes": peak(),
        }


def peak() -> float:
    """Megabytes of memory at the peak of this process.

    `getrusage` would not do: it counts what the process that started this one held at that moment.
    """
    [line] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(line) * 1024 / 1e6


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        print(json.dumps(client(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
