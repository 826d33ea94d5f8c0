"""A real warehouse, built once from the recorded replies. Tests that change it get a copy."""

import pytest

from flows import steps
from flows.settings import Settings


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of a refresh from the recordings: warehouse, replies and runs. Not to be changed."""
    settings = Settings(home=tmp_path_factory.mktemp("built"), upstream="recorded")
    steps.run(settings)
    return settings
