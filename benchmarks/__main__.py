"""Every benchmark, printed and kept in benchmarks/results.md: `python -m benchmarks`."""

import io
import os
import platform
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import boundaries, jsonstat, large_table, rebuild, site, vintages, written_files

RESULTS = Path(__file__).with_name("results.md")
BENCHMARKS = {
    "JSON-stat from bytes to columns, against peers": jsonstat.main,
    "Municipalities through time": boundaries.main,
    "A table of 12 million cells from the stand-in": large_table.main,
    "What refreshes add to the disk": vintages.main,
    "A rebuild of 50 vintages": rebuild.main,
    "Files written as people write them": written_files.main,
    "The published site": site.main,
}
PACKAGES = ("duckdb", "numpy", "orjson", "pandas", "pyarrow", "pyjstat", "pxwebpy")


def main() -> None:
    """Runs the benchmarks one after the other; each says what it measures and what it aims at."""
    parts = [f"# Benchmarks\n\n{machine()}\n"]
    for title, run in BENCHMARKS.items():
        print(f"{title} ...", file=sys.stderr)
        with redirect_stdout(io.StringIO()) as said:
            run()
        print(said.getvalue())
        parts.append(f"## {title}\n\n```\n{said.getvalue().rstrip()}\n```\n")
    RESULTS.write_text("\n".join(parts), encoding="utf-8")


def machine() -> str:
    """What the times were measured on and with."""
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {installed(name)}" for name in PACKAGES)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores of {processor()},"
        f" {memory():.0f} GB of memory, {platform.system()}, Python {platform.python_version()};"
        f" {packages}. Load of the machine at the start: {load:.1f}."
    )


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The processor's own name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory() -> float:
    """Gigabytes of memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


if __name__ == "__main__":
    main()
