"""Where a warehouse is read from: the file of a home, or another place named by one text.

A text that begins with a scheme of `SCHEMES` names a place of that kind; any other is the path of
a file. Whatever the place, a reader gets a connection in which `mart` and what its macros rest on
are found by the same names, and which reaches nothing else.
"""

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from common.errors import InputError, WarehouseError
from warehouse import lake, models, publish, web
from warehouse.models import quote

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

ATTACHED = "warehouse"  # the database as which a place is attached
_IN_DATABASE = """
    select schema_name, table_name, comment
    from duckdb_tables() where database_name = {database}
    union all
    select schema_name, view_name, comment
    from duckdb_views() where database_name = {database} and not internal
"""
# What a reader sees as a table, whether it is one or a view over one that lies elsewhere.
TABLES = _IN_DATABASE.format(database="current_database()")
_COMMENTS = f"""
    select
        schema_name || '.' || table_name as name,
        '{{kind}} ' || name as described,
        comment
    from ({_IN_DATABASE.format(database=quote(ATTACHED))}) where comment is not null
    union all
    select
        schema_name || '.' || table_name as name,
        'column ' || name || '."' || column_name || '"' as described,
        comment
    from duckdb_columns() where database_name = {quote(ATTACHED)} and comment is not null
"""
SCHEMAS = ("raw", "staging", "core", "mart")
_SCHEME = re.compile(r"([a-z][a-z0-9+]+):")  # a drive of Windows has one letter


class Place(Protocol):
    """What can be read as a warehouse; as text it is what a person named it by."""

    @property
    def reaches(self) -> tuple[str, ...]:
        """Folders and addresses, ending in a slash, that a query reads from once it is attached."""

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Makes it the database `warehouse` of a connection, read-only.

        Raises WarehouseError if it can't be.
        """

    def opened(
        self, memory_limit: str | None = None
    ) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A read-only, sandboxed connection. Raises WarehouseError if there is nothing to read."""

    def at(self, vintage: str) -> "Place":
        """The place with a vintage that was published to it. Raises InputError if none such was."""

    def copy(self, path: Path) -> None:
        """Writes a file that has the same tables and macros; raises as `opened`."""


@dataclass(frozen=True)
class WarehouseFile:
    """A DuckDB file, as a refresh makes it."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def reaches(self) -> tuple[str, ...]:
        """Nothing beside what is open."""
        return ()

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Makes it the database `warehouse` of a connection, read-only."""
        con.execute(f"attach {quote(str(self.path))} as {ATTACHED} (read_only)")

    @contextmanager
    def opened(self, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to the file itself; raises as `publish.reading`."""
        with readable(), publish.reading(self.path, memory_limit) as con:
            yield con

    def at(self, vintage: str) -> "WarehouseFile":
        """The file itself, which has one vintage. Raises InputError if it is another."""
        _require_newest(self, vintage)
        return self

    def copy(self, path: Path) -> None:
        """Copies the file; raises as `publish.reading`."""
        with self.opened():
            shutil.copyfile(self.path, path)


class WebFolder:
    """A folder that `publish` wrote, on a web server; of one object all read one vintage."""

    def __init__(self, where: str) -> None:
        self.url = web.url_of(where)
        self._copied: TemporaryDirectory[str] | None = None

    def __str__(self) -> str:
        return self.url

    @property
    def reaches(self) -> tuple[str, ...]:
        """The folder."""
        return (f"{self.url}/",)

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Makes it the database `warehouse` of a connection.

        Raises WarehouseError if no warehouse is published there.
        """
        from tempfile import TemporaryDirectory  # noqa: PLC0415 - a file needs none

        self._copied = self._copied or TemporaryDirectory(prefix="digidistrikt-")
        web.attach(con, self.url, ATTACHED, Path(self._copied.name))

    @contextmanager
    def opened(self, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A sandboxed connection to the views and macros that are published; raises as `attach`.

        They are used as they are: a view of ours over each would fetch what each table is made of.
        """
        with readable(), duckdb.connect(config=publish.IN_MEMORY) as con:
            self.attach(con)
            con.execute(f"use {ATTACHED}")
            publish.sandbox(con, memory_limit, self.reaches)
            yield con

    def at(self, vintage: str) -> "WebFolder":
        """The folder itself, which has one vintage. Raises InputError if it is another."""
        _require_newest(self, vintage)
        return self

    def copy(self, path: Path) -> None:
        """Fetches every table; raises as `attach`."""
        _copy_tables(self, path)


class Lake:
    """A lake; of one object every connection reads the vintage that was the newest at first."""

    def __init__(self, where: str, snapshot: int | None = None) -> None:
        self.service = lake.service_of(where)
        self._snapshot = snapshot
        self._files = ""

    def __str__(self) -> str:
        return f"lake:{self.service}"

    @property
    def reaches(self) -> tuple[str, ...]:
        """The folder of its files."""
        return (self._files,)

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Makes the vintage the database `warehouse` of a connection.

        Raises WarehouseError if the lake can't be reached or has none.
        """
        lake.load_extensions(con)
        if not self._files:
            lake.attach(con, self.service, ATTACHED, "read_only")
            published = self._published(con)
            self._snapshot = self._snapshot or max(published.values(), default=None)
            self._files = lake.data_path(con, ATTACHED)
            con.execute(f"detach {ATTACHED}")
        if self._snapshot is None:
            raise WarehouseError(
                f"{self}: nothing was published to it yet. Name it under targets in"
                " digidistrikt.toml and refresh."
            )
        lake.attach(con, self.service, ATTACHED, f"read_only, snapshot_version {self._snapshot}")
        lake.reach_store(con, self._files)

    def opened(
        self, memory_limit: str | None = None
    ) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A sandboxed connection with views over the vintage; raises as `attach`."""
        return opened_over(self, memory_limit)

    def at(self, vintage: str) -> "Lake":
        """The lake as of the snapshot in which a vintage was published.

        Raises InputError if it was not, WarehouseError if the lake can't be reached.
        """
        with lake.connected() as con:
            lake.attach(con, self.service, ATTACHED, "read_only")
            published = self._published(con)
        if vintage not in published:
            raise InputError(f"{self}: vintage {vintage} was not published to it.")
        return Lake(str(self), published[vintage])

    def copy(self, path: Path) -> None:
        """Fetches every table of the vintage; raises as `attach`."""
        _copy_tables(self, path)

    def _published(self, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """The snapshot of each vintage. Raises WarehouseError if the catalogue can't be read."""
        with lake.told(self.service):
            return lake.published(con, ATTACHED)


SCHEMES: dict[str, Callable[[str], Place]] = {
    "http": WebFolder,
    "https": WebFolder,
    "lake": Lake,
}


def place(where: str | Path) -> Place:
    """The place that a text or path names; nothing is opened yet.

    Raises WarehouseError for a text that names none, InputError for an address with a password.
    """
    if isinstance(where, Path):
        return WarehouseFile(where)
    scheme = _SCHEME.match(where)
    if scheme and scheme[1] in SCHEMES:
        return SCHEMES[scheme[1]](where)
    if (Path(where) / web.PATH).is_file():
        raise WarehouseError(
            f"{where}: a published folder is read over the web; 'digidistrikt site {where}' serves"
            " it at an address to give instead."
        )
    if not Path(where).is_file():
        name = scheme[1] if scheme else where  # behind a scheme there may be a password
        raise WarehouseError(
            f"{name}: there is no warehouse of that name. It is a file of DuckDB, lake:SERVICE or"
            " the address of a published folder, https://FOLDER."
        )
    return WarehouseFile(Path(where))


@contextmanager
def opened_over(
    attached: Place, memory_limit: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A sandboxed connection in memory with views over all tables of a place, and our macros."""
    with readable(), duckdb.connect(config=publish.IN_MEMORY) as con:
        attached.attach(con)
        create_views(con, tables(con))
        models.run_all_macros(con)
        publish.sandbox(con, memory_limit, attached.reaches)
        yield con


def newest(con: duckdb.DuckDBPyConnection, mart: str = "mart") -> str:
    """The newest vintage of an open warehouse, or of one that is attached by its schema `mart`."""
    [(vintage,)] = con.execute(
        f"select run_id from {mart}.refresh_run order by started_at desc limit 1"
    ).fetchall()
    return str(vintage)


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table and view of the attached place, as `mart.observation`."""
    found = con.execute(_IN_DATABASE.format(database=quote(ATTACHED))).fetchall()
    return sorted(f"{schema}.{name}" for schema, name, _ in found if schema in SCHEMAS)


def create_views(con: duckdb.DuckDBPyConnection, names: Collection[str]) -> None:
    """Views of the same names over tables of the attached place, with their comments."""
    _create(con, names, "view")


def _create(con: duckdb.DuckDBPyConnection, names: Collection[str], kind: str) -> None:
    """Tables or views of the same names as those of the attached place, with their comments."""
    statements = [f"create schema if not exists {schema}" for schema in SCHEMAS]
    statements += [f"create {kind} {name} as from {ATTACHED}.{name}" for name in sorted(names)]
    statements += [
        f"comment on {described} is {quote(comment)}"
        for name, described, comment in con.execute(_COMMENTS.format(kind=kind)).fetchall()
        if name in names
    ]
    con.execute("; ".join(statements))


def _copy_tables(attached: Place, path: Path) -> None:
    """Writes a file with all tables of a place, and our macros."""
    try:
        with duckdb.connect(str(path)) as con:
            attached.attach(con)
            _create(con, tables(con), "table")
            models.run_all_macros(con)
            con.execute(f"detach {ATTACHED}")
    except duckdb.IOException as error:
        raise WarehouseError(
            f"{attached}: its tables can't be copied to {path}: {_first_line(error)}."
        ) from error


def _require_newest(where: Place, vintage: str) -> None:
    """Raises InputError for a place whose newest vintage is another."""
    with where.opened() as con:
        there = newest(con)
    if there != vintage:
        raise InputError(f"{where}: it has vintage {there} and not {vintage}.")


@contextmanager
def readable() -> Iterator[None]:
    """Raises WarehouseError for a file of a place that can't be read."""
    try:
        yield
    except duckdb.IOException as error:
        raise unreadable(error) from error


def unreadable(error: duckdb.IOException) -> WarehouseError:
    """Why a file of a place can't be read, as a sentence."""
    return WarehouseError(
        f"a file of the warehouse can't be read ({_first_line(error)}). Where it lies is away or"
        " refuses the key, or it was published anew since it was opened: ask again."
    )


def _first_line(error: duckdb.Error) -> str:
    return str(error).split("\n", 1)[0].rstrip(". ")
