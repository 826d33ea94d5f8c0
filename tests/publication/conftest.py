"""A published folder of the small home."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.settings import Settings
from publication import publish
from publication.bundle import Imprint
from tests.conftest import Make
from warehouse import publish as warehouse

IMPRINT = Imprint(
    "https://data.example.org/digidistrikt", "Example Institute", "mailto:a@example.org"
)
MADE_BY = ("0.0.0", "000000000000")


def publish_into(folder: Path, home: Settings) -> publish.Published:
    with warehouse.reading(home.warehouse) as con:
        return publish.write(con, folder, IMPRINT, MADE_BY)


@pytest.fixture(scope="module")
def published(once: Callable[[str, Make], Path], small_home: Settings) -> Path:
    """The folder of a vintage. Not to be changed."""
    return once("published", lambda folder: publish_into(folder, small_home))
