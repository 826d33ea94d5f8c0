"""JSON-stat from bytes to columns, against peers: `python -m benchmarks.jsonstat`.

The reply is generated (no publisher's figures): 400 regions x 50 ages x 2 contents x 20 years,
800 000 cells, the most StatBank gives at once, 3 % of them missing with a status symbol.

Each peer runs in a fresh process: once on a small reply to load what it loads late, then five
times on the large one. Time is the median of the five; memory is what the first of them added at
its peak to the process as it stood after its imports (the body of the reply included). pxwebpy
gives rows, and codes or labels in one call; it is measured once, for codes, and its rows are also
made into the columns of a data frame, since columns are what is compared.
"""
# ruff: noqa: PLC0415  (a peer's imports belong to its own process, and nowhere else)

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
LARGE = (400, 50, 2, 20)
SMALL = (3, 2, 2, 2)
MISSING = 0.03

Peer = Callable[[bytes], Any]


# --- the reply ----------------------------------------------------------------------------------


def generated_reply(shape: tuple[int, int, int, int]) -> bytes:
    """A JSON-stat 2 reply of invented figures, the same bytes at each request."""
    regions, ages, contents, years = shape
    chance = random.Random(2026)
    values: list[float | None] = []
    status: dict[str, str] = {}
    for cell in range(regions * ages * contents * years):
        if chance.random() < MISSING:
            values.append(None)
            status[str(cell)] = chance.choice([".", "..", ":"])
        else:
            is_count = cell // years % contents == 0
            values.append(chance.randrange(60_000) if is_count else chance.randrange(1000) / 10)
    dimensions = {
        "Region": _category("region", [(f"{101 + i:04}", f"Kommune {i}") for i in range(regions)]),
        "Alder": _category("alder", [(f"{i:03}", f"{i} år") for i in range(ages)]),
        "ContentsCode": _category(
            "statistikkvariabel", [(f"Innhold{i}", f"Innhold nr. {i}") for i in range(contents)]
        ),
        "Tid": _category("år", [(str(2005 + i), str(2005 + i)) for i in range(years)]),
    }
    reply = {
        "version": "2.0",
        "class": "dataset",
        "label": "00000: Generated figures, by region, age, contents and year",
        "source": "Generated for a benchmark",
        "updated": "2026-01-01T07:00:00Z",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": list(dimensions),
        "size": list(shape),
        "dimension": dimensions,
        "value": values,
        "status": status,
    }
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()


def _category(label: str, codes: list[tuple[str, str]]) -> dict[str, object]:
    index = {code: place for place, (code, _) in enumerate(codes)}
    return {
        "label": label,
        "category": {"index": index, "label": dict(codes)},
        "extension": {"elimination": False, "show": "value"},
    }


# --- the peers: each imports what it needs, and gives back a function of the bytes ----------------


def orjson_alone() -> Peer:
    import orjson

    return orjson.loads


def ours() -> Peer:
    from sources.jsonstat import read

    return lambda body: read(body).table()


def ours_into_duckdb() -> Peer:
    import duckdb

    from sources.jsonstat import read

    def load(body: bytes) -> int:
        with tempfile.TemporaryDirectory() as folder:
            connection = duckdb.connect(str(Path(folder, "cells.duckdb")))
            connection.register("cells_arrow", read(body).table())
            connection.execute("create table cells as from cells_arrow")
            rows = connection.execute("select count(*) from cells").fetchone()
            connection.close()
        return int(rows[0]) if rows else 0

    return load


def pyjstat_twice() -> Peer:
    from pyjstat import pyjstat

    def decode(body: bytes) -> object:
        dataset = pyjstat.Dataset.read(body.decode())
        return dataset.write("dataframe", naming="id"), dataset.write("dataframe", naming="label")

    return decode


def pxwebpy() -> Peer:
    from pxweb._internal.functions import unpack_table_data

    return lambda body: unpack_table_data(json.loads(body), show="code")


def pxwebpy_frame() -> Peer:
    import pandas as pd

    unpack = pxwebpy()
    return lambda body: pd.DataFrame(unpack(body))


PEERS: dict[str, tuple[Callable[[], Peer], str]] = {
    "orjson": (orjson_alone, "orjson: parsing alone"),
    "ours": (ours, "ours: codes, labels, values, status"),
    "duckdb": (ours_into_duckdb, "ours, on into a DuckDB file"),
    "pyjstat": (pyjstat_twice, "pyjstat: codes, then labels"),
    "pxwebpy": (pxwebpy, "pxwebpy: codes, as a list of rows"),
    "pxwebpy_frame": (pxwebpy_frame, "pxwebpy: codes, as a data frame"),
}


# --- measuring ----------------------------------------------------------------------------------


def measure(peer: str, small: Path, large: Path) -> dict[str, float]:
    """Seconds (median) and megabytes (peak over the imports) of one peer, in this process."""
    decode = PEERS[peer][0]()
    decode(small.read_bytes())
    before = _resident()
    body = large.read_bytes()
    seconds = []
    megabytes = 0.0
    for run in range(RUNS):
        start = time.perf_counter()
        result = decode(body)
        seconds.append(time.perf_counter() - start)
        del result
        if run == 0:
            megabytes = _peak() - before
    return {"seconds": statistics.median(seconds), "megabytes": megabytes}


def _peak() -> float:
    """The most memory this process has held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _resident() -> float:
    """The memory this process holds now, in megabytes; its peak where that can't be told."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return _peak()
    return int(statm.read_text().split()[1]) * resource.getpagesize() / 1024 / 1024


def measured_apart(peer: str, folder: Path) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.jsonstat", peer, str(folder)]
    reply = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(reply.stdout)
    return measured


def report(measured: dict[str, dict[str, float]], size: int) -> str:
    """The table of figures and the targets, met or not."""
    mine = measured["ours"]
    lines = [
        f"JSON-stat, 800 000 generated cells, {size / 1e6:.1f} MB of JSON, median of {RUNS}",
        "",
        f"{'':38}{'seconds':>9}{'x ours':>8}{'MB':>7}{'x ours':>8}",
    ]
    for peer, figures in measured.items():
        seconds, megabytes = figures["seconds"], figures["megabytes"]
        lines.append(
            f"{PEERS[peer][1]:38}{seconds:9.3f}{seconds / mine['seconds']:8.1f}"
            f"{megabytes:7.0f}{megabytes / mine['megabytes']:8.1f}"
        )
    targets = [
        ("times faster than pyjstat twice", _ratio(measured, "pyjstat", "seconds"), 30.0),
        ("times faster than pxwebpy", _ratio(measured, "pxwebpy_frame", "seconds"), 10.0),
        ("times less memory than pyjstat", _ratio(measured, "pyjstat", "megabytes"), 5.0),
    ]
    lines.append("")
    lines += [
        _verdict(found >= aim, f"{found:.1f} {what}, aim {aim:.0f}") for what, found, aim in targets
    ]
    parsing = 1 / _ratio(measured, "orjson", "seconds")
    lines.append(
        _verdict(parsing <= 2, f"{parsing:.2f} times orjson's parsing alone, aim 2 at most")
    )
    return "\n".join(lines)


def _ratio(measured: dict[str, dict[str, float]], peer: str, what: str) -> float:
    return measured[peer][what] / measured["ours"][what]


def _verdict(met: bool, sentence: str) -> str:
    return f"{'met    ' if met else 'NOT MET'} {sentence}"


def main(arguments: Sequence[str] = ()) -> None:
    """Measure and print; with a peer and a folder as arguments, measure that one in here."""
    if arguments:
        peer, folder = arguments[0], Path(arguments[1])
        print(json.dumps(measure(peer, folder / "small.json", folder / "large.json")))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.joinpath("small.json").write_bytes(generated_reply(SMALL))
        size = folder.joinpath("large.json").write_bytes(generated_reply(LARGE))
        print(report({peer: measured_apart(peer, folder) for peer in PEERS}, size))


if __name__ == "__main__":
    main(sys.argv[1:])
