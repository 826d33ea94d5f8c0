"""The long runs: `python -m tests.flows.soak`.

Random refreshes with faults and kills; the year under a real Prefect server, each message it is due
received on loopback; and the days on which the map changes with the whole catalogue.
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


def main() -> None:
    parser = argparse.ArgumentParser(description="Refreshes with random faults, kills and days.")
    parser.add_argument("--refreshes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="digidistrikt-soak-") as folder:
        kills.soak(given.refreshes, given.seed, Path(folder) / "kills", typer.echo)
        year(calendar.year(), Path(folder) / "year")
        uncut = [day for day in calendar.year() if day.uncut]
        play.play(uncut, Path(folder) / "uncut", typer.echo)


def year(days: tuple[Day, ...], folder: Path) -> None:
    """Days under a server: of each that a person should be told of a message comes, of no other."""
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
