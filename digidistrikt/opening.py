"""The one place where a command opens the warehouse, as it is today or as it was known earlier.

What can go wrong in opening is said here and in `warehouse.reading`, alike for every command.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from common.errors import InputError, ModelError, WarehouseError
from flows.settings import Settings
from warehouse.reading import Place

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")
_A_DAY = "2026-06-15"


@contextmanager
def open_warehouse(
    home: Path,
    as_of: str | None = None,
    memory_limit: str | None = None,
    warehouse: str | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the warehouse of a home, which reaches nothing outside of it.

    `warehouse` is another place to read from (`warehouse.reading`). With `as_of`, a vintage, day or
    time, the figures are those known then (`vintages.opened_at`). `memory_limit`, as `2GB`, is a
    quarter of the machine's memory unless it is given. Raises WarehouseError if there is no
    warehouse or it can't be opened, LockedError if another program holds it, InputError for a
    moment that can't be read or is before the first vintage.
    """
    settings = Settings(home=home, read_from=warehouse)
    place = settings.place
    try:
        with _opened(place, as_of, memory_limit) as con:
            yield con
    except (duckdb.BinderException, duckdb.CatalogException, ModelError) as error:
        _refuse_other_code(place, settings, error)
        raise


@contextmanager
def _opened(
    place: Place, as_of: str | None, memory_limit: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A place as it is, or as of a moment; raises as `open_warehouse`."""
    if as_of is None:
        with place.opened(memory_limit) as con:
            yield con
        return
    from warehouse import vintages

    with place.opened() as con:
        at = moment(as_of, started(con))
    with vintages.opened_at(place, at, memory_limit) as con:
        yield con


def _refuse_other_code(place: Place, settings: Settings, error: Exception) -> None:
    """Raises WarehouseError if a column or table is missing since other code built the place."""
    from flows import provenance

    with place.opened() as con:
        built = con.execute(
            "select code_version, code_digest from mart.refresh_run order by started_at desc"
        ).fetchone()
    ours = provenance.of_warehouse(settings.catalogue)
    mend = "'digidistrikt refresh' brings it up to date and keeps every vintage"
    if built and not settings.reads_home:  # of another home, whose catalogue is its own
        ours, built = (provenance.without_catalogue(each) for each in (ours, built))
        mend = f"A refresh by digidistrikt {ours[0]} in its home brings it up to date"
    if built and built != ours:
        raise WarehouseError(
            f"{place}: this was built by other code (digidistrikt {built[0]} {built[1]}) and lacks"
            f" what this command asks for. {mend}."
        ) from error


def started(con: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """When each vintage was begun, the oldest first."""
    runs = con.execute("select run_id, started_at from mart.refresh_run order by started_at")
    return dict(runs.fetchall())


def moment(text: str, begun: dict[str, datetime]) -> datetime:
    """The start of a vintage, or a day or time as ISO 8601 writes it; a day means its end.

    Raises InputError for what is neither, and for a moment before the first vintage.
    """
    if _RUN.fullmatch(text):
        if text not in begun:
            raise InputError(f"{text}: there is no such vintage; mart.refresh_run lists them.")
        return begun[text]
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"'{text}' is no vintage, and no time such as {_A_DAY} or {_A_DAY}T12:00."
        ) from error
    if len(text) == len(_A_DAY):
        read = read.replace(hour=23, minute=59, second=59, microsecond=999999)
    read = read if read.tzinfo else read.astimezone()
    if read < min(begun.values()):
        first = f"{min(begun.values()):%Y-%m-%d %H:%M}"
        raise InputError(f"{text}: nothing was known yet; the first vintage is of {first}.")
    return read
