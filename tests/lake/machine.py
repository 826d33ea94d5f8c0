"""A command on one of several machines: `python -m tests.lake.machine CATALOGUE NAME SECONDS ...`.

The machines share a home whose file system does not carry locks from one to the other, so that what
keeps them apart is the PostgreSQL alone. SECONDS are those in which the request budget is counted.
"""

import sys
from functools import partial
from pathlib import Path

import filelock
from filelock import FileLock

from flows import engine
from sources import catalogue
from sources.http import RequestLimits

if __name__ == "__main__":
    folder, name, seconds = (sys.argv.pop(1) for _ in range(3))
    catalogue.FOLDER = Path(folder)
    filelock.FileLock = lambda path: FileLock(f"{path}.{name}")  # type: ignore[assignment,misc]
    engine.RequestLimits = partial(RequestLimits, per_seconds=float(seconds))  # type: ignore[misc]
    from cli.main import main

    main()
