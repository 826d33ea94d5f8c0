"""Makes a warehouse of replies: load, model, compare with the last one, check."""

import logging
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from flows import load, runs
from flows.runs import Run
from flows.settings import Settings
from sources import changes
from sources.catalogue import Catalogue
from sources.plan import Failed
from sources.store import Fetched, Manifest
from warehouse import checks, incremental, models, publish, vintages
from warehouse.checks import Result

_LOG = logging.getLogger("digidistrikt.refresh")


def changed(
    settings: Settings, entries: Catalogue, before: Manifest, now: Sequence[Fetched]
) -> frozenset[str] | None:
    """The tables that have other replies or are declared otherwise than in the published file.

    None if all is to be made anew: where what changed decides how the rest is read, and where most
    of the file would be room that nothing uses.
    """
    with publish.reading(settings.warehouse, patience=publish.PATIENCE) as con:
        if incremental.is_mostly_unused(con) or load.states_others(con, settings):
            return None
        codes = con.execute("select table_id from raw.source_table where kind = 'klass'").fetchall()
    redeclared = _redeclared(entries, before)
    if any(table_id in redeclared for (table_id,) in codes):
        return None
    return load.changed(entries, before.replies, now, redeclared)


def _redeclared(entries: Catalogue, before: Manifest) -> frozenset[str]:
    """The tables that the catalogue declares otherwise than before, has new or has no more."""
    today = changes.declarations(entries)
    return frozenset(
        table
        for table in {*today, *before.declared}
        if today.get(table) != before.declared.get(table)
    )


def load_sources(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    entries: Catalogue,
    fetched: Sequence[Fetched],
    last_good: Sequence[Fetched] = (),
    tables: Collection[str] | None = None,
) -> tuple[list[Fetched], list[Failed]]:
    """Everything that is known from outside. Returns the replies used, and tables not readable.

    With `tables` the file is a copy of the vintage before, and only what these bring is replaced.
    """
    _LOG.info("loading replies")
    if tables is not None:
        incremental.begin(con)
        load.replace_catalogue(con, entries)
        return load.load_replies(con, entries, fetched, last_good, tables)
    load.make_tables(con)
    load.load_catalogue(con, entries)
    load.load_registers(con)
    load.load_stated(con, settings)
    return load.load_replies(con, entries, fetched, last_good)


def finish(
    con: duckdb.DuckDBPyConnection,
    before: Path,
    run: Run,
    tables: Collection[str] | None = None,
) -> list[Result]:
    """Models and checks what was loaded, as the vintage after the published file `before`.

    With `tables` these were loaded into a copy of that file, and only what differs is modelled.
    Raises ChecksFailedError.
    """
    runs.record(con, before, run)
    _LOG.info("modelling")
    known: dict[str, tuple[int, str]] = {}
    indicators: list[str] | None = None
    if tables is not None:
        changed = incremental.run_changed(con, before, tables)
        known = runs.known_digests(con, changed)
        indicators = changed.get("mart.observation", [])
    else:
        models.run_all(con)
    vintages.record(con, before, indicators)
    _LOG.info("checking")
    results = checks.run_all(con)
    checks.require(con, results)
    known["observation"] = vintages.note_figures(con, indicators)
    runs.record_digests(con, run.run_id, known)
    _LOG.info("publishing")
    return results
