"""What was known when: differences between vintages, and SQL on the figures of an earlier day."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from cli import show
from common.errors import InputError
from flows.rebuild import Rebuilt
from flows.settings import Settings
from warehouse import publish, vintages
from warehouse.models import quote

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")


def diff(
    con: duckdb.DuckDBPyConnection,
    earlier: str | None,
    later: str | None,
    output_format: str | None,
) -> None:
    """Every figure that differs between two vintages or moments; by default the last two vintages.

    Raises InputError for what is neither, for a moment before the first vintage or the two in the
    wrong order, or if there is only one vintage.
    """
    started = _vintages(con)
    if earlier is None and len(started) < 2:
        raise InputError("there is one vintage only; nothing has changed since.")
    a = _moment(earlier, started) if earlier else [*started.values()][-2]
    b = _moment(later, started) if later else datetime.now(UTC)
    if a > b:
        raise InputError(f"{earlier} is later than {later or 'now'}; name the earlier one first.")
    text = (
        f"from mart.changes_between({quote(a.isoformat())}, {quote(b.isoformat())})"
        " order by indicator_id, municipality_code, period"
    )
    show.query(con, text, output_format, None)


@contextmanager
def as_of(settings: Settings, moment: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection whose figures are those known at a moment, see `vintages.opened_at`.

    Raises InputError for a moment that can't be read or is before the first vintage.
    """
    with publish.reading(settings.warehouse) as con:
        at = _moment(moment, _vintages(con))
    with vintages.opened_at(settings.warehouse, at) as con:
        yield con


def _vintages(con: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """When each run started, the oldest first."""
    runs = con.execute("select run_id, started_at from mart.refresh_run order by started_at")
    return dict(runs.fetchall())


def _moment(text: str, started: dict[str, datetime]) -> datetime:
    """The start of a run, or a day or time as ISO 8601 writes it; a day means its end.

    Raises InputError for what is neither, and for a moment before the first run.
    """
    if _RUN.fullmatch(text):
        if text not in started:
            raise InputError(f"{text}: there is no such vintage; mart.refresh_run lists them.")
        return started[text]
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"'{text}' is no vintage, and no time such as 2026-06-15 or 2026-06-15T12:00."
        ) from error
    if len(text) == len("2026-06-15"):
        read = read.replace(hour=23, minute=59, second=59, microsecond=999999)
    read = read if read.tzinfo else read.astimezone()
    if read < min(started.values()):
        first = f"{min(started.values()):%Y-%m-%d %H:%M}"
        raise InputError(f"{text}: nothing was known yet; the first vintage is of {first}.")
    return read


def told(rebuilt: Rebuilt, warehouse: Path) -> str:
    """What a rebuild came to, in words."""
    made = f"{warehouse} made again from stored replies"
    other = [table for table, is_same in rebuilt.same.items() if not is_same]
    if not rebuilt.same:
        told = f"{made}, as of vintage {rebuilt.run_id}; there was no warehouse to compare with."
    elif other:
        told = f"{made}; not the same as before: {', '.join(other)}."
    else:
        told = f"{made}: every table is the same."
    if rebuilt.other_code:
        codes = sorted({" ".join(each) for each in rebuilt.other_code.values()})
        told += (
            f" The code or the catalogue is another: {', '.join(rebuilt.other_code)} had been made"
            f" by {', '.join(codes)}, and this by {' '.join(rebuilt.code)}."
        )
    return told
