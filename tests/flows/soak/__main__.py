"""Both of the long runs: `python -m tests.flows.soak`."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from tests.flows.soak import kills, world


def main() -> None:
    parser = argparse.ArgumentParser(description="Refreshes with random faults, kills and days.")
    parser.add_argument("--refreshes", type=int, default=100)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="digidistrikt-soak-") as folder:
        kills.soak(given.refreshes, given.seed, Path(folder) / "kills", typer.echo)
        world.play(given.days, given.seed, Path(folder) / "world", typer.echo)


if __name__ == "__main__":
    main()
