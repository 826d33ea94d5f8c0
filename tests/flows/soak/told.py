"""Of which days a person is told: each day is put on record with a real Prefect server.

Its shipped automations decide by the state, and send their messages to a webhook on loopback.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW,
    temporary_settings,
)
from prefect.states import Completed, Failed, Running, State

from flows.refresh import refresh_warehouse
from tests.flows.prefect_server import Messages, served
from tests.flows.soak.calendar import Day
from tests.flows.soak.refresh import Ended, run_name

_SUBJECT = "digidistrikt: refresh "  # as automations.yaml has it, before the state


@dataclass
class Person:
    """Who is sent the messages, and which are due: the state, and the name of the run."""

    messages: Messages
    client: SyncPrefectClient
    due: set[tuple[str, str]] = field(default_factory=set)

    def is_told_if_due(self, day: Day, ended: Ended) -> None:
        """Of a day whose refresh was a run of the server."""
        if day.is_told:
            self.due.add((ended.state, run_name(day.day)))

    def is_told_of_a_record(self, day: Day, ended: Ended) -> None:
        """Of a day whose refresh was none: it is made one, and ends there in the same state.

        One that was killed says nothing more, as a run that died with its worker.
        """
        run = self.client.create_flow_run(
            refresh_warehouse, name=run_name(day.day), state=Running()
        )
        if ended.state != "Crashed":
            self.client.set_flow_run_state(run.id, _state(ended))
        self.is_told_if_due(day, ended)

    def was_told(self) -> str:
        """Raises AssertionError unless what is due has come, each once, and nothing else."""
        states = Counter(state for state, _ in self.due)
        for state, number in states.items():
            self.messages.wait_for(f"{_SUBJECT}{state}", number)
        received = sorted(
            (each["title"].removeprefix(_SUBJECT), each["message"].partition(": ")[0])
            for each in self.messages.received
        )
        assert received == sorted(self.due), (received, self.due)
        return f"messages, each of a day on which it is due and none else: {dict(states)}"


def _state(ended: Ended) -> State[object]:
    if ended.state == "Failed":
        return Failed(message=ended.sentence)
    return Completed(name=ended.state, message=ended.sentence)


@contextmanager
def person(folder: Path) -> Iterator[Person]:
    """A Prefect server for this process and its children, and who its automations send messages."""
    folder.mkdir(parents=True)
    with served(folder) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        messages = Messages()
        server.digidistrikt("notify", messages.address)
        prefect = {
            PREFECT_API_URL: server.api,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: 30,
            PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW: "ignore",
        }
        with temporary_settings(prefect), get_client(sync_client=True) as client:
            yield Person(messages, client)
