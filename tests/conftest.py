"""A real warehouse, built once from the recorded replies. Tests that change it get a copy."""

import pytest
from hypothesis import settings

from flows import steps
from flows.settings import Settings

# The suite tries the same each time; `make fuzz` tries many more, and new ones.
# A busy machine is no fault of ours.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=5_000)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of a refresh from the recordings: warehouse, replies and runs. Not to be changed."""
    settings = Settings(home=tmp_path_factory.mktemp("built"), upstream="recorded")
    steps.run(settings)
    return settings
