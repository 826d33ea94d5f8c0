"""Adding a researcher's own file: what was understood is shown, and only then loaded."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import duckdb
import typer
from rich.console import Console

from cli import preview
from cli.terminal import escape
from common import fileio, yamlfile
from common.errors import InputError
from common.tabular.kinds import is_workbook
from digidistrikt.opening import open_warehouse
from flows.settings import Settings
from sources import catalogue, files
from sources.catalogue import Catalogue, Table
from sources.frames import Frames
from sources.http import Reply, Request
from sources.infer import Hints, Known, Question, propose
from sources.infer.editions import Added, Edition, as_series, differences, hints_of, period_in_name
from sources.infer.hints import FIRST_YEAR
from warehouse import publish
from warehouse.municipalities import Municipalities

_COLUMNS = """
    select column_name from duckdb_columns()
    where schema_name = 'mart' and table_name in ('case_candidate', 'municipality_year')
"""
_ENDINGS = {".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods", ".parquet"}


@dataclass(frozen=True)
class Warehouse:
    """What the warehouse says that a file or a table is held against."""

    known: Known
    called: preview.Named
    upstream: str
    columns: frozenset[str]


def add(paths: Sequence[Path], hints: Hints, settings: Settings, *, yes: bool, newer: bool) -> bool:
    """Shows what a file, or a series of editions of one, holds and loads it if it is wished.

    The files are copied into the home folder with an entry in its catalogue; a `newer` edition
    replaces the file and entry that are there. Returns whether it was loaded. Raises InputError
    for a file that can't be understood or an id that is taken; a load that fails leaves all as it
    was.
    """
    with open_warehouse(settings.home) as con:
        warehouse = read_warehouse(con)
    entry = settings.catalogue / f"{hints.id}.yaml"
    before = _added_before(entry, hints, newer=newer)
    replaced = [
        before.table_of(path.name, number, len(paths)) if before else None
        for number, path in enumerate(paths, 1)
    ]
    is_series = len(paths) > 1 or bool(before and before.is_series)
    editions = [
        _edition(path, _hints(hints, before, table), warehouse.known, is_series=is_series)
        for path, table in zip(paths, replaced, strict=True)
    ]
    editions, added = as_series(hints, editions, before)
    _refuse_taken(warehouse, added, settings, before)
    for edition, table in zip(editions, replaced, strict=True):
        frames, reply = _read(edition, warehouse.known)
        _refuse_years_without_division(edition, frames, warehouse.known)
        if before:
            _say_what_is_replaced(edition, table, before)
        preview.show(edition.proposal, frames, reply, warehouse.known, warehouse.called)
    _say_what_is_kept(editions, added)
    out = Console(stderr=True)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Load it?")):
        out.print("Nothing was loaded." + ("" if sys.stdin.isatty() else " Add --yes to load it."))
        return False
    written = {
        settings.files / str(edition.proposal.table.layout.file): edition.content
        for edition in editions
        if edition.proposal.table.layout
    } | {entry: _yaml(added).encode()}
    if not before and (there := [path for path in written if path.exists()]):
        raise InputError(f"{there[0]} is there already; choose another id with --as.")
    loaded = [edition.proposal.table.id for edition in editions]
    load(Settings(home=settings.home, upstream=warehouse.upstream), loaded, written)
    kept = ", ".join(str(path) for path in written if path != entry)
    out.print(f"Loaded. The file is kept as {kept}, its entry is {entry}.", soft_wrap=True)
    return True


def _hints(hints: Hints, before: Added | None, table: Table | None) -> Hints:
    """What is said now, and what was said of the edition before, or of the last of its series."""
    return hints_of(table or before.tables[-1], before.indicators, hints) if before else hints


def _say_what_is_replaced(edition: Edition, table: Table | None, before: Added) -> None:
    if table is None:
        _say(f"{edition.file} is a new edition in the series '{before.id}'.")
        return
    if before.is_series:
        _say(f"{edition.file} replaces {table.layout.file if table.layout else table.id}.")
    if differences_found := differences(table, before.indicators, edition.proposal):
        _say("Differs from the edition it replaces:")
        for sentence in differences_found:
            _say(f"  {sentence}.")


def _say_what_is_kept(editions: Sequence[Edition], added: Added) -> None:
    fresh = {edition.proposal.table.id for edition in editions}
    if kept := [t.layout.file for t in added.tables if t.id not in fresh and t.layout]:
        _say(f"Kept as they are: {', '.join(kept)}.")


def _say(text: str) -> None:
    Console().print(escape(text), soft_wrap=True, highlight=False)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that were named, and those in a folder that was; hidden ones are left out.

    Raises InputError for a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [
            each
            for each in sorted(path.iterdir())
            if each.suffix.lower() in _ENDINGS and not each.name.startswith((".", "~"))
        ]
        if not inside:
            raise InputError(f"{path}: there is no CSV file or workbook in this folder.")
        found += inside
    return found


def _edition(path: Path, hints: Hints, known: Known, *, is_series: bool) -> Edition:
    """A file with what is proposed for it; on a terminal what is in doubt is asked.

    In a series the year in a file's name is its period, where the file itself has none.
    """
    content = fileio.read_bytes(path)
    while True:
        try:
            return Edition(path.name, content, propose(content, path.name, hints, known))
        except Question as question:
            named = period_in_name(path.name)
            if is_series and question.option == "period" and named:
                hints = replace(hints, period=named)
            elif sys.stdin.isatty():
                hints = _answered(question, hints)
            else:
                raise


def _answered(question: Question, hints: Hints) -> Hints:
    """The hints with the answer to a question."""
    _say(str(question))
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    answer = typer.prompt(f"--{question.option.rstrip('s')}{choices}").strip()
    value: object = answer
    if question.option in ("values", "missing"):
        value = (answer,)
    elif question.option == "division" and answer != "own":
        if not answer.isdigit():
            raise InputError(f"--division is a year or 'own', not '{answer}'.")
        value = int(answer)
    elif question.option == "decimal" and answer not in (",", "."):
        raise InputError(f"--decimal is , or . and not '{answer}'.")
    return replace(hints, **{question.option: value})  # type: ignore[arg-type]


def load(settings: Settings, only: Sequence[str], written: Mapping[Path, bytes]) -> None:
    """Writes the files and loads them; whatever goes wrong, they are as they were before."""
    from flows import engine

    before = {path: path.read_bytes() for path in written if path.exists()}
    try:
        with publish.sole_writer(
            settings.warehouse, settings.shared
        ):  # refused before anything is written
            for path, content in written.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        engine.run(settings, only=only)
    except BaseException:
        for path in written:
            if path in before:
                path.write_bytes(before[path])
            else:
                path.unlink(missing_ok=True)
        raise


# --- what is known -------------------------------------------------------------------------


def read_warehouse(con: duckdb.DuckDBPyConnection) -> Warehouse:
    """The municipalities, the upstream asked last, and the names that columns have."""
    municipalities = Municipalities.read(con)
    run = con.execute("select upstream from mart.refresh_run order by started_at desc").fetchone()

    def called(code: str, year: int) -> str:
        return municipalities.called(code, date(year, 1, 1))

    columns = frozenset(str(found[0]) for found in con.execute(_COLUMNS).fetchall())
    return Warehouse(known_of(municipalities), called, str(run[0]) if run else "recorded", columns)


def known_of(municipalities: Municipalities) -> Known:
    """The municipalities of the warehouse, as a file is held against them."""

    def resolve(names: Sequence[tuple[str, str | None]], on: date) -> list[str | Exception]:
        found = municipalities.resolve(names, on)
        return [each.code or InputError(each.refusal) for each in found]

    @cache
    def in_force(year: int) -> frozenset[str]:
        day = date(year, 1, 1)
        return frozenset(version.code for version in municipalities.versions if version.holds(day))

    codes_named: Callable[[str], frozenset[str]] = cache(municipalities.codes_named)

    @cache
    def is_same_ground(code: str, year: int, other: str, other_year: int) -> bool:
        days = date(year, 1, 1), date(other_year, 1, 1)
        return municipalities.is_same_ground(code, days[0], other, days[1])

    return Known(resolve, in_force, codes_named, is_same_ground, datetime.now(UTC).date())


def _added_before(entry: Path, hints: Hints, *, newer: bool) -> Added | None:
    """What a newer edition replaces; None for a new file."""
    if not newer:
        return None
    if not entry.is_file():
        raise InputError(
            f"{entry}: there is no such entry, so there is no edition to replace; leave out"
            " --replace."
        )
    theme, _ = yamlfile.read(entry, catalogue.Theme)
    return Added(hints.id, tuple(theme.tables), tuple(theme.indicators))


def _refuse_taken(
    warehouse: Warehouse, added: Added, settings: Settings, before: Added | None
) -> None:
    """Refuses ids that another entry has, or a column of the tables with a column an indicator."""
    entries = catalogue.load(catalogue.FOLDER, settings.catalogue)
    taken = {table.id for table in entries.tables}
    taken |= {indicator.id for indicator in entries.indicators}
    taken |= {composite.id for composite in entries.composites}
    taken |= warehouse.columns
    if before:
        taken -= before.ids
    if clash := sorted(added.ids & taken):
        raise InputError(
            f"'{clash[0]}' is there already; choose another id with --as or --value COLUMN=ID, or"
            " write --replace if this is a newer edition of the file that was added under that id."
        )


def _refuse_years_without_division(edition: Edition, frames: Frames, known: Known) -> None:
    years = {int(str(period)[:4]) for period in frames["observation"]["period"].to_pylist()}
    if unknown := sorted(year for year in years if year < FIRST_YEAR or not known.in_force(year)):
        raise InputError(
            f"{edition.file}: it has figures of {unknown[0]}, and no municipal division of that"
            " year is known; leave them out."
        )


def _read(edition: Edition, known: Known) -> tuple[Frames, Reply]:
    """The file read by its proposed entry, as a refresh will read it."""
    proposal = edition.proposal
    layout = proposal.table.layout
    reply = Reply(
        request=Request(f"{files.SCHEME}{layout.file if layout else ''}"),
        body=edition.content,
        content_type=files.WORKBOOK if is_workbook(edition.content) else "text/csv",
        fetched_at=datetime.now(UTC),
        upstream="file",
        as_of=known.today,
    )
    entries = Catalogue(tables=(proposal.table,), indicators=proposal.indicators)
    return files.read(entries, proposal.table, reply, known.resolve), reply


def _yaml(added: Added) -> str:
    """The proposal as a catalogue file, to be read and mended by hand."""
    entry = {
        "theme": "added",
        "tables": [table.model_dump(mode="json", exclude_defaults=True) for table in added.tables],
        "indicators": [
            indicator.model_dump(mode="json", exclude_defaults=True)
            for indicator in added.indicators
        ],
    }
    head = "# Written by `digidistrikt add`; see docs/sources/files.md. May be mended by hand.\n"
    return head + yamlfile.dump(entry)
