"""The long runs: `python -m tests.flows.soak`.

Random refreshes with faults and kills; days that end in each state as runs of a real Prefect
server; the whole year, each day put on record with one; and the months in which the map changes
with the whole catalogue. Under a server each message that is due must come to a webhook on
loopback, and no other. Each part can be run alone: `--only kills server year uncut`.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typer

from sources import catalogue
from tests.flows.soak import calendar, kills, play, told
from tests.small import cut_down

PARTS = ("kills", "server", "year", "uncut")


def main() -> None:
    parser = argparse.ArgumentParser(description="Refreshes with random faults, kills and days.")
    parser.add_argument("--refreshes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="digidistrikt-soak-") as made:
        folder = Path(made)
        if "kills" in given.only:
            kills.soak(given.refreshes, given.seed, folder / "kills", typer.echo)
        if "server" in given.only:
            days = calendar.one_of_each()
            with _small(folder / "server"), told.person(folder / "server" / "prefect") as person:
                play.play(days, folder / "server", typer.echo, person.is_told_if_due, as_flow=True)
                typer.echo(person.was_told())
        if "year" in given.only:
            with _small(folder / "year"), told.person(folder / "year" / "prefect") as person:
                play.play(calendar.year(), folder / "year", typer.echo, person.is_told_of_a_record)
                typer.echo(person.was_told())
        if "uncut" in given.only:
            uncut = [day for day in calendar.year() if day.uncut]
            play.play(uncut, folder / "uncut", typer.echo)


@contextmanager
def _small(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", cut_down(folder / "catalogue"))
        yield


if __name__ == "__main__":
    main()
