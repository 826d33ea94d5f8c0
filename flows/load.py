"""Puts the catalogue, the registers and the replies into the raw tables of a new file."""

from collections.abc import Collection, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from common.errors import InputError, UpstreamError
from flows.settings import Settings
from sources import accepted_population, corrections, networks, registry, stated_changes
from sources.catalogue import Catalogue, Table
from sources.catalogue import raw as declared
from sources.frames import SHAPES, Frames, concat
from sources.plan import Failed
from sources.repeated import once, require_one_total
from sources.store import Fetched
from warehouse import load, models
from warehouse.municipalities import TABLES, Municipalities


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The empty tables for what the catalogue declares and sources bring, in their shapes."""
    for name, shape in (declared.SHAPES | SHAPES).items():
        load.create(con, name, shape)


def load_catalogue(con: duckdb.DuckDBPyConnection, entries: Catalogue) -> None:
    """What the catalogue declares, and the corrections of published errors."""
    for name, rows in declared.frames(entries).items():
        load.insert(con, name, rows)
    load.insert(con, "correction", corrections.load())


def replace_catalogue(con: duckdb.DuckDBPyConnection, entries: Catalogue) -> None:
    """Loads the catalogue into a copy of the last vintage, which has what it declared then."""
    for name in (*declared.SHAPES, "correction"):
        con.execute(f"delete from raw.{name}")
    load_catalogue(con, entries)


def load_stated(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """What a person has stated in the home: changes of codes, and figures that are accepted."""
    for name, rows in _stated(settings).items():
        load.insert(con, name, rows)


def load_registers(con: duckdb.DuckDBPyConnection) -> None:
    """The registers of networks and of who is in them."""
    for name, rows in networks.read_register().items():
        load.create(con, name, rows.schema)
        load.insert(con, name, rows)


def states_others(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether a person has stated something else than what a warehouse was made with."""
    return any(
        sorted(map(str, con.execute(f"from raw.{name}").to_arrow_table().to_pylist()))
        != sorted(map(str, rows.to_pylist()))
        for name, rows in _stated(settings).items()
    )


def _stated(settings: Settings) -> dict[str, pa.Table]:
    return {
        "stated_change": stated_changes.load(settings.stated_changes),
        "accepted_population": accepted_population.load(settings.accepted_population),
    }


def load_replies(
    con: duckdb.DuckDBPyConnection,
    entries: Catalogue,
    fetched: Sequence[Fetched],
    last_good: Sequence[Fetched] = (),
    tables: Collection[str] | None = None,
) -> tuple[list[Fetched], list[Failed]]:
    """Replies in codes first; names are resolved against the municipalities these bring.

    A table whose replies are not as declared is loaded from its last good ones. With `tables` only
    what these bring takes the place of what they brought before; of the others it is noted that
    they have the replies they had. Returns the replies that were loaded and the tables that failed.
    Raises InputError for a file.
    """
    used: list[Fetched] = []
    failed: list[Failed] = []
    if tables is not None:
        _take_away(con, tables)
    for named in (False, True):
        if named and tables is None and any(_is_named(table) for table in entries.tables):
            models.run_needed(con, TABLES)
        for table in entries.tables:
            items = [item for item in fetched if item.planned.table_id == table.id]
            if not items or _is_named(table) != named:
                continue
            if tables is None or table.id in tables:
                try:
                    _load_table(con, entries, items)
                except UpstreamError as error:
                    failed.append(Failed(table.id, str(error)))
                    items = [item for item in last_good if item.planned.table_id == table.id]
                    _load_table(con, entries, items)
            else:
                _load(con, items, {})
            used += items
    return used, failed


def _load_table(
    con: duckdb.DuckDBPyConnection, entries: Catalogue, items: Sequence[Fetched]
) -> None:
    """Loads all replies of a table or none; those of StatBank, which may be many, one by one.

    Of other publishers a row may be on several pages. Raises UpstreamError, for a file InputError.
    """
    is_statbank = bool(items) and _kind(entries, items[0].planned.table_id) == "statbank"
    parts = [[item] for item in items] if is_statbank else [items]
    con.begin()
    try:
        for part in parts:
            _load(con, part, _read(con, entries, part))
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _take_away(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """What some tables brought, and the note of all replies."""
    for name in (name for name, shape in SHAPES.items() if "reply_id" in shape.names):
        con.execute(
            f"delete from raw.{name} where reply_id in (select reply_id from raw.reply where"
            " list_contains(?, table_id))",
            [sorted(tables)],
        )
    con.execute("delete from raw.reply")


def changed(
    entries: Catalogue,
    before: Sequence[Fetched],
    now: Sequence[Fetched],
    redeclared: Collection[str] = (),
) -> frozenset[str] | None:
    """The tables whose replies are others than before, or that are `redeclared` in the catalogue.

    None if all is to be loaded anew: where codes of municipalities changed, by which all else is
    understood, where a table that changed shares a reply with another, and where a reply is now of
    another table or division, which changes what its figures mean and not the figures.
    """
    had, has = _identities(entries, before), _identities(entries, now)
    found = frozenset(
        table for table in had | has if had.get(table) != has.get(table) or table in redeclared
    )
    if any(_kind(entries, table) == "klass" for table in found):
        return None
    for each in (had, has):
        of_changed = {reply for table in found for reply, *_ in each.get(table, ())}
        others = {reply for table in each.keys() - found for reply, *_ in each[table]}
        if of_changed & others:
            return None
    was, now_is = _meanings(before), _meanings(now)
    if any(was[reply] != now_is[reply] for reply in was.keys() & now_is.keys()):
        return None
    return found


def _identities(
    entries: Catalogue, items: Sequence[Fetched]
) -> dict[str, list[tuple[str, str, date | None]]]:
    """What the replies of each table are read from; a register is as of the day it was asked."""
    found: dict[str, list[tuple[str, str, date | None]]] = {}
    for item in items:
        is_register = _kind(entries, item.planned.table_id) not in {"statbank", "file"}
        as_of = item.reply.as_of if is_register else None
        entry = (item.reply.reply_id, item.planned.division, as_of)
        found.setdefault(item.planned.table_id, []).append(entry)
    return found


def _kind(entries: Catalogue, table_id: str) -> str | None:
    """The kind of a table; None for one that is not in the catalogue any more."""
    table = entries.table_by_id.get(table_id)
    return table.kind if table else None


def _meanings(items: Sequence[Fetched]) -> dict[str, set[tuple[str, str]]]:
    """The tables that each reply is of, with the division of its codes."""
    found: dict[str, set[tuple[str, str]]] = {}
    for item in items:
        of = item.planned.table_id, item.planned.division
        found.setdefault(item.reply.reply_id, set()).add(of)
    return found


def _read(con: duckdb.DuckDBPyConnection, entries: Catalogue, items: Sequence[Fetched]) -> Frames:
    """The replies of a table as one set of frames."""

    def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        resolved = Municipalities.read(con).resolve(names, on)
        return [found.code or InputError(found.refusal) for found in resolved]

    if not items:
        return concat([])
    table = entries.table_by_id[items[0].planned.table_id]
    require_one_total(table.id, [item.reply for item in items])
    frames = concat(registry.of(table).read(entries, table, item.reply, resolve) for item in items)
    return once(table.id, frames)


def _load(con: duckdb.DuckDBPyConnection, items: Sequence[Fetched], frames: Frames) -> None:
    known = {row[0] for row in con.execute("select reply_id from raw.reply").fetchall()}
    replies = {  # two tables may share one, as a code list
        item.reply.reply_id: _reply_row(item) for item in items if item.reply.reply_id not in known
    }
    if replies:
        load.insert(con, "reply", pa.Table.from_pylist(list(replies.values())))
    for name, rows in frames.items():
        if rows:  # a table brings some kinds of rows, and of most kinds none
            load.insert(con, name, rows)


def _is_named(table: Table) -> bool:
    return table.layout is not None and table.layout.names_on is not None


def _reply_row(item: Fetched) -> dict[str, object]:
    reply = item.reply
    return {
        "reply_id": reply.reply_id,
        "table_id": item.planned.table_id,
        "method": reply.request.method,
        "url": reply.request.address,
        "body": reply.request.body,
        "sha256": reply.sha256,
        "bytes": reply.size,
        "content_type": reply.content_type,
        "division": item.planned.division,
        "as_of": reply.as_of,
        "updated": reply.updated,
        "is_discontinued": reply.is_discontinued,
        "fetched_at": reply.fetched_at,
        "upstream": reply.upstream,
        "provenance": reply.provenance,
    }
