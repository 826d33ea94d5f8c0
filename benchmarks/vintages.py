"""What 200 refreshes add to the disk: with ten figures changed in each, and with none.

`python -m benchmarks.vintages`. It begins from the recorded figures. The refreshes that change
nothing are whole ones. Those that change something are made by the code that keeps vintages, runs
and replies, on the real figures of one indicator with ten of them moved by one each time (made up),
without the other models and checks, which keep nothing from one vintage to the next; each brings
one table of the recordings anew, with blanks of its own at the end. A file is also measured after
it has been made again of its rows, for DuckDB gives room by blocks of 256 kB.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from flows import engine, load, runs
from flows.runs import Run
from flows.settings import Settings
from sources import catalogue
from sources.catalogue import Catalogue
from sources.store import Fetched, Manifest, Store
from warehouse import models, publish, vintages

REFRESHES = 200
CHANGED = 10
FIGURES = "indicator_id = 'population'"
NO_EDITIONS = """
    create schema staging;
    create table staging.release_stage (table_id varchar, period varchar, release_stage varchar)
"""
OF_RUNS = ("mart.refresh_run", "mart.source_run")
REVISED = "ssb_14534"


@dataclass(frozen=True)
class Size:
    """Kilobytes of the warehouse, of stored replies and of manifests; figures kept of the past."""

    warehouse: float
    replies: float
    runs: float
    superseded: int


def size(settings: Settings) -> Size:
    with publish.reading(settings.warehouse) as con:
        [(superseded,)] = con.execute("select count(*) from raw.superseded").fetchall()
    return Size(
        settings.warehouse.stat().st_size / 1000,
        folder_size(settings.home / "replies"),
        folder_size(settings.home / "runs"),
        superseded,
    )


def folder_size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1000


def revise(
    settings: Settings, entries: Catalogue, first: Manifest, number: int, figures: pa.Table
) -> None:
    """The vintage after the published one, with ten more of the figures moved."""
    run_id = f"simulated-{number:03}"
    outcomes = {
        table.id: ("fetched", "changed 2026-06-15 06:00")
        if table.id == REVISED
        else ("unchanged", "unchanged since 2026-06-15 06:00")
        for table in entries.tables
    }
    started = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=number)
    run = Run(run_id, started, "simulated", ("0.1.0", "0" * 12), 3, outcomes, None)
    with publish.build(settings.warehouse) as con:
        load.make_tables(con)
        load.load_catalogue(con, entries)
        runs.record(con, settings.warehouse, run)
        con.execute(NO_EDITIONS)
        con.register("figures", figures)
        con.execute(
            "create table mart.observation as select * exclude (place) replace ("
            f" value + if(place < {number * CHANGED}, 1, 0) as value) from figures"
        )
        con.unregister("figures")
        models.run_some(con, OF_RUNS)
        vintages.record(con, settings.warehouse)
        runs.record_digests(con, run_id)
        keep(Store(settings.home), first, number, run)


def keep(store: Store, first: Manifest, number: int, run: Run) -> None:
    """The reply that changed, and the manifest of all."""
    replies = [
        Fetched(item.planned, replace(item.reply, content=item.reply.content + b" " * number))
        if item.planned.table_id == REVISED
        else item
        for item in first.replies
    ]
    for item in replies:
        store.keep(item.reply)
    noted = Manifest("simulated", tuple(replies), first.declared, {}, run.noted())
    store.write_manifest(run.run_id, noted)


def compact(settings: Settings) -> float:
    """Kilobytes of the same rows in a new file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "compact.duckdb"
        with duckdb.connect() as con:
            con.execute(f"attach '{settings.warehouse}' as old (read_only)")
            con.execute(f"attach '{path}' as new")
            for schema in ("raw", "mart"):
                con.execute(f"create schema new.{schema}")
            tables = con.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where database_name = 'old' and schema_name in ('raw', 'mart') order by all"
            ).fetchall()
            for (table,) in tables:
                con.execute(f"create table new.{table} as from old.{table}")
        return path.stat().st_size / 1000


def told(what: str, first: Size, last: Size, refreshes: int) -> str:
    return (
        f"{what:34}{last.warehouse - first.warehouse:11,.0f}{last.replies - first.replies:11,.0f}"
        f"{last.runs - first.runs:11,.0f}{last.superseded - first.superseded:11,}"
        f"{refreshes:11}"
    )


def verdict(met: bool, what: str) -> str:
    return f"{'met    ' if met else 'NOT MET'} {what}"


def main() -> None:
    """Prints what was added; the aims are of the issue: by what changed, not by the number."""
    with TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        engine.run(settings)
        start = size(settings)
        before = settings.warehouse.read_bytes()
        for _ in range(REFRESHES):
            engine.run(settings)
        nothing = size(settings)
        same = settings.warehouse.read_bytes() == before
        lines = (settings.home / "refreshes.jsonl").read_text(encoding="utf-8").count("\n")
        log = (settings.home / "refreshes.jsonl").stat().st_size / 1000

        entries = catalogue.load()
        first = Store(settings.home).read_manifest(Store(settings.home).runs()[0])
        with publish.reading(settings.warehouse) as con:
            figures = con.execute(
                f"select *, row_number() over () - 1 as place from mart.observation where {FIGURES}"
            ).to_arrow_table()
        settings.warehouse.unlink()
        measured = {}
        for number in range(REFRESHES + 2):
            revise(settings, entries, first, number, figures)
            if number in {1, 1 + REFRESHES // 2, 1 + REFRESHES}:  # from the first change on
                measured[number] = size(settings), compact(settings)
        (begun, begun_compact), (half, half_compact), (end, end_compact) = measured.values()
        reply = (end.replies - begun.replies) / REFRESHES
    print(f"{len(figures):,} figures; kilobytes added, and figures kept of earlier vintages\n")
    print(
        f"{'':34}{'warehouse':>11}{'replies':>11}{'manifests':>11}{'figures':>11}{'refreshes':>11}"
    )
    print(told("nothing changes", start, nothing, REFRESHES))
    print(told("10 figures change each time", begun, end, REFRESHES))
    print(told("  the first half of these", begun, half, REFRESHES // 2))
    print(told("  the second half", half, end, REFRESHES // 2))
    first_half, second_half = half_compact - begun_compact, end_compact - half_compact
    print(
        f"\nthe raw and mart tables, made again in a new file: {begun_compact:,.0f} kB, and"
        f" {first_half:,.0f} more after half, {second_half:,.0f} more after the other half;"
        f"\none reply of the changed table is {reply:.1f} kB, one manifest"
        f" {(end.runs - begun.runs) / REFRESHES:.1f} kB\n"
    )
    print(verdict(same, f"a refresh that changes nothing leaves the file byte for byte ({lines}"))
    print(
        f"        lines of {1000 * log / lines:.0f} bytes in refreshes.jsonl say that it was run)"
    )
    kept = end.superseded - begun.superseded
    print(verdict(kept == REFRESHES * CHANGED, f"{kept:,} figures kept for as many that changed"))
    whole = REFRESHES * begun_compact
    print(
        verdict(
            end_compact - begun_compact < whole / 100,
            f"{(end_compact - begun_compact) / whole:.2%} of what {REFRESHES} whole copies of the"
            " tables would take, aim 1 % at most",
        )
    )


if __name__ == "__main__":
    main()
