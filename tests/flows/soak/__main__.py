"""The long runs: `python -m tests.flows.soak`.

Random refreshes with faults and kills; days that end in each state under a real Prefect server,
each message that is due received on loopback; the whole year; and the months in which the map
changes with the whole catalogue. Each can be run alone: `--only kills server year uncut`.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typer
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from sources import catalogue
from tests.flows.prefect_server import Messages, served
from tests.flows.soak import calendar, kills, play
from tests.flows.soak.calendar import Day
from tests.flows.soak.refresh import Ended
from tests.small import cut_down

PARTS = ("kills", "server", "year", "uncut")


def main() -> None:
    parser = argparse.ArgumentParser(description="Refreshes with random faults, kills and days.")
    parser.add_argument("--refreshes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="digidistrikt-soak-") as made:
        folder = Path(made)
        if "kills" in given.only:
            kills.soak(given.refreshes, given.seed, folder / "kills", typer.echo)
        if "server" in given.only:
            under_a_server(calendar.one_of_each(), folder / "server")
        if "year" in given.only:
            with _small(folder / "catalogue"):
                play.play(calendar.year(), folder / "year", typer.echo)
        if "uncut" in given.only:
            uncut = [day for day in calendar.year() if day.uncut]
            play.play(uncut, folder / "uncut", typer.echo)


def under_a_server(days: tuple[Day, ...], folder: Path) -> None:
    """Of each day that a person should be told of a message comes, of no other."""
    with _small(folder / "catalogue"), _server(folder / "server") as messages:
        due: Counter[str] = Counter()

        def wait_for_its_message(day: Day, ended: Ended) -> None:
            if day.is_told:
                title = f"digidistrikt: refresh {ended.state}"
                due[title] += 1
                messages.wait_for(title, due[title])

        play.play(days, folder, typer.echo, wait_for_its_message, as_flow=True)
        received = Counter(each["title"] for each in messages.received)
        assert received == due, (received, due)
        typer.echo(f"messages: {dict(received)}")


@contextmanager
def _small(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "FOLDER", cut_down(folder))
        yield


@contextmanager
def _server(folder: Path) -> Iterator[Messages]:
    """A Prefect server for this process and its children, and who its automations send messages."""
    folder.mkdir(parents=True)
    with served(folder) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        messages = Messages()
        server.digidistrikt("notify", messages.address)
        prefect = {PREFECT_API_URL: server.api, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: 30}
        with temporary_settings(prefect):
            yield messages


if __name__ == "__main__":
    main()
