"""Lakes for tests: a database, a folder on the store, and services for who writes and who reads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.lake.postgres import OWNER, PASSWORD, Postgres
from tests.lake.store import BUCKET, READER, ObjectStore
from warehouse import lake

READERS_PASSWORD = "made-up-password-of-a-reader"  # noqa: S105 - of a test
DOCUMENT = Path(__file__).parents[2] / "docs" / "lake.md"


@dataclass(frozen=True)
class MadeLake:
    """A lake that is there, by the names of its services."""

    database: str
    postgres: Postgres
    store: ObjectStore
    folder: Path

    @property
    def name(self) -> str:
        """As who publishes to it names it."""
        return f"lake:{self.database}"

    @property
    def files(self) -> str:
        """Where its files lie."""
        return f"s3://{BUCKET}/{self.database}/"

    def environment(self) -> dict[str, str]:
        """The variables of who publishes."""
        return self._written(OWNER, PASSWORD) | self.store.environment()

    def readers(self) -> dict[str, str]:
        """Makes the role of readers as the document says; the variables of who reads."""
        create, *grants = role_statements()
        [user] = re.findall(r"create role (\w+)", create)
        with self.postgres.connected(self.database) as con:
            if not con.execute("select 1 from pg_roles where rolname = %s", [user]).fetchone():
                con.execute(create.replace("PASSWORD", READERS_PASSWORD))
            for statement in grants:
                con.execute(statement)
        return self._written(user, READERS_PASSWORD) | self.store.environment(READER)

    def _written(self, user: str, password: str) -> dict[str, str]:
        """Files as libpq reads them, in which the service is of a user."""
        folder = self.folder / user
        folder.mkdir(exist_ok=True)
        found = self.postgres.environment(folder, user, password)
        services = Path(found["PGSERVICEFILE"])
        text = (
            f"[{self.database}]\nhost=127.0.0.1\nport={self.postgres.port}\n"
            f"dbname={self.database}\nuser={user}\n"
        )
        services.write_text(text, encoding="utf-8")
        return found


def role_statements() -> list[str]:
    """What the document has an owner of the database type for its readers."""
    [block] = re.findall(r"```sql\n(create role .*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return [line for line in block.split(";") if line.strip()]


@contextmanager
def new_lake(postgres: Postgres, store: ObjectStore, folder: Path) -> Iterator[MadeLake]:
    """An empty lake, with its owner's services and keys in the environment for as long."""
    database = f"lake_{uuid4().hex[:12]}"
    with postgres.connected("postgres") as con:
        con.execute(f"create database {database}")
    made = MadeLake(database, postgres, store, folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment().items():
            patch.setenv(name, value)
        lake.create(database, made.files)
        yield made
