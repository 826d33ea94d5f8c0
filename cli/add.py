"""Adding a researcher's own file: what was understood is shown, and only then loaded."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import typer
from rich.console import Console
from rich.markup import escape

from common import fileio, tables, yamlfile
from common.errors import InputError
from common.tabular.kinds import is_workbook
from flows.settings import Settings
from sources import catalogue, files
from sources.catalogue import Catalogue
from sources.frames import Frames
from sources.http import Reply, Request
from sources.infer import Hints, Known, Proposal, propose
from warehouse import publish
from warehouse.municipalities import Municipalities

_COLUMNS = """
    select column_name from duckdb_columns()
    where schema_name = 'mart' and table_name in ('case_candidate', 'municipality_year')
"""
_FIRST = 5  # figures shown
_REFUSED_SHOWN = 50


def add(file: Path, wishes: Hints, settings: Settings, *, yes: bool) -> bool:
    """Shows what a file holds and, if it is wished, loads it beside all that is there.

    The file is copied into the home folder with an entry in its catalogue. Returns whether it was
    loaded. Raises InputError for a file that can't be understood or an id that is taken; a load
    that fails leaves nothing behind.
    """
    content = fileio.read_bytes(file)
    with publish.reading(settings.warehouse) as con:
        known = _known(con)
        upstream = _last_upstream(con)
        proposal = propose(content, file.name, wishes, known)
        _refuse_taken(con, proposal, settings)
    entry = settings.catalogue / f"{wishes.id}.yaml"
    kept = settings.files / str(proposal.table.layout.file if proposal.table.layout else "")
    if there := [path for path in (entry, kept) if path.exists()]:
        raise InputError(f"{there[0]} is there already; choose another id with --as.")
    frames = _read(proposal, content, known)
    told = _strange_codes(proposal, frames, known)
    _show(proposal, frames, told)
    out = Console(stderr=True)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Load it?")):
        out.print("Nothing was loaded." + ("" if sys.stdin.isatty() else " Add --yes to load it."))
        return False
    _load(Settings(home=settings.home, upstream=upstream), proposal, entry, {kept: content})
    out.print(f"Loaded. The file is kept as {kept}, its entry is {entry}.", soft_wrap=True)
    return True


def _load(settings: Settings, proposal: Proposal, entry: Path, written: dict[Path, bytes]) -> None:
    from flows import engine

    written = written | {entry: _yaml(proposal).encode()}
    try:
        for path, content in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        engine.run(settings, only=[proposal.table.id])
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


# --- what is known -------------------------------------------------------------------------


def _known(con: duckdb.DuckDBPyConnection) -> Known:
    """The municipalities of the warehouse, held in memory."""
    municipalities = Municipalities.read(con)

    def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        found = municipalities.resolve(names, on)
        return [each.code or InputError(each.refusal) for each in found]

    @cache
    def in_force(year: int) -> frozenset[str]:
        day = date(year, 1, 1)
        return frozenset(version.code for version in municipalities.versions if version.holds(day))

    return Known(resolve, in_force, gazetteer.codes_named, datetime.now(UTC).date())


def _last_upstream(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute("select upstream from mart.refresh_run order by started_at desc").fetchone()
    return str(row[0]) if row else "recorded"


def _refuse_taken(con: duckdb.DuckDBPyConnection, proposal: Proposal, settings: Settings) -> None:
    """Refuses ids that another entry has, or a column of the tables with a column an indicator."""
    entries = catalogue.load(catalogue.FOLDER, settings.catalogue)
    taken = {table.id for table in entries.tables}
    taken |= {indicator.id for indicator in entries.indicators}
    taken |= {composite.id for composite in entries.composites}
    taken |= {row[0] for row in con.execute(_COLUMNS).fetchall()}
    wanted = [proposal.table.id, *(indicator.id for indicator in proposal.indicators)]
    if clash := [name for name in wanted if name in taken]:
        raise InputError(
            f"'{clash[0]}' is there already; choose another id with --as or --value COLUMN=ID. A"
            f" newer edition of a file that was added replaces it in {settings.files}, and is read"
            " by the next refresh."
        )


# --- what was understood -------------------------------------------------------------------


def _read(proposal: Proposal, content: bytes, known: Known) -> Frames:
    """The file read by its proposed entry, as a refresh will read it."""
    layout = proposal.table.layout
    reply = Reply(
        request=Request(f"{files.SCHEME}{layout.file if layout else ''}"),
        content=content,
        content_type=files.WORKBOOK if is_workbook(content) else "text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=known.today,
    )
    entries = Catalogue(tables=(proposal.table,), indicators=proposal.indicators)
    return files.read(entries, proposal.table, reply, known.resolve)


def _strange_codes(proposal: Proposal, frames: Frames, known: Known) -> list[str]:
    """A sentence for each code that is not in force in the division it is read in."""
    rows = frames["observation"].to_pylist()
    division = proposal.table.division
    years = {
        (row["reported_code"], int(row["period"][:4]) if division == "own" else int(division))
        for row in rows
    }
    return [
        f"code {code} was not in force on 1 January {year}: it is read in the nearest division that"
        " has it, and left out if none has"
        for code, year in sorted(years)
        if code not in known.in_force(year)
    ]


def _show(proposal: Proposal, frames: Frames, strange: Sequence[str]) -> None:
    console = Console()

    def say(text: str) -> None:
        console.print(escape(text), soft_wrap=True)

    layout = proposal.table.layout
    columns = proposal.columns
    others = [name for name in proposal.sheets if name not in proposal.written]
    say(proposal.written + (f"; other sheets: {', '.join(others)}." if others else "."))
    say(f"The rows begin below row {columns.skip_rows + int(columns.has_header)}.")
    _show_columns(proposal, console)
    if layout:
        signs = [sign for sign in layout.missing if sign]
        say(
            f"Decimal sign '{layout.decimal}'; missing: an empty cell"
            f"{''.join(f', {sign}' for sign in signs)}."
        )
        on = f"names as on {layout.names_on}, " if layout.names_on else ""
        say(f"Municipalities: {on}division {proposal.table.division}.")
    refused = frames["refused_row"].to_pylist()
    figures = frames["observation"].to_pylist()
    placed = {row["reported_code"] for row in figures}
    missing = sum(row["value"] is None for row in figures)
    say(
        f"{len(figures)} figures ({missing} missing) of {len(placed)} municipalities;"
        f" {len(refused)} {'row' if len(refused) == 1 else 'rows'} refused."
    )
    for row in refused[:_REFUSED_SHOWN]:
        where = f"row {row['row']}: "
        say(f"  {where}{row['reason'].rpartition(where)[2]}")
    if len(refused) > _REFUSED_SHOWN:
        say(f"  and {len(refused) - _REFUSED_SHOWN} more.")
    for sentence in strange[:_REFUSED_SHOWN]:
        say(f"  {sentence}")
    counted = Counter(row["indicator_id"] for row in figures)
    say(f"First figures of {', '.join(f'{name} ({n})' for name, n in counted.items())}:")
    shown: list[tuple[Any, ...]] = [
        (row["reported_code"], row["indicator_id"], row["period"], row["value"], row["status"])
        for row in figures[:_FIRST]
    ]
    tables.render(("code", "indicator", "period", "value", "missing as"), shown, console)


def _show_columns(proposal: Proposal, console: Console) -> None:
    columns = proposal.columns
    rows = [
        (
            name if name == columns.heading_of(name) else f"{name} {columns.heading_of(name)}",
            columns.taken_for.get(name, "left out"),
            " | ".join(columns.cells[name][:3]),
        )
        for name in columns.cells
    ]
    tables.render(("column", "understood as", "first cells"), rows, console)


def _yaml(proposal: Proposal) -> str:
    """The proposal as a catalogue file, to be read and mended by hand."""
    entry = {
        "theme": "added",
        "tables": [proposal.table.model_dump(mode="json", exclude_defaults=True)],
        "indicators": [
            indicator.model_dump(mode="json", exclude_defaults=True)
            for indicator in proposal.indicators
        ],
    }
    head = "# Written by `digidistrikt add`; see docs/sources/files.md. May be mended by hand.\n"
    return head + yamlfile.dump(entry)
