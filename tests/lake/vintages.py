"""A home of two vintages: a table of a thousand figures was revised for the second."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from flows.settings import Settings
from tests.flows.refreshing import ask, refreshed
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Cells, Figures, Table, Wanted, now


@dataclass(frozen=True)
class OneMore:
    """Figures as a publisher might revise them, made up."""

    figures: Figures

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        """Each is one more."""
        found = self.figures.cells(table, wanted)
        return replace(found, values=found.values + 1)


@dataclass(frozen=True)
class TwoVintages:
    """The home, the file of its first vintage as it was published, and the names of both."""

    home: Path
    first_file: Path
    first: str
    second: str

    @property
    def file(self) -> Path:
        """What the home has."""
        return Settings(home=self.home).warehouse


def made(folder: Path) -> None:
    """Refreshes twice."""
    home = folder / "home"
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as upstream:
        refreshed(home, upstream)
        shutil.copy(Settings(home=home).warehouse, folder / "first.duckdb")
        table = upstream.statbank.tables["14534"]
        upstream.statbank.publish(replace(table, figures=OneMore(table.figures), updated=now()))
        refreshed(home, upstream)


def found(folder: Path) -> TwoVintages:
    """What was made in a folder."""
    home = folder / "home"
    runs = ask(home, "select run_id from mart.refresh_run order by started_at")
    [first, second] = [str(run_id) for (run_id,) in runs]
    return TwoVintages(home, folder / "first.duckdb", first, second)


def write_few_rows(file: Path, *vintages: str) -> Path:
    """A file with as many rows as vintages, for what is not about what a warehouse holds."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as con:
        con.execute("create schema mart")
        con.execute("create table mart.refresh_run (run_id varchar, started_at timestamptz)")
        con.execute(
            "create table mart.table_digest (run_id varchar, table_name varchar, digest varchar)"
        )
        con.execute("create table mart.trial (n integer)")
        for number, vintage in enumerate(vintages):
            con.execute(
                "insert into mart.refresh_run values (?, timestamptz '2026-01-01 12:00:00+00' +"
                " to_days(?))",
                [vintage, number],
            )
            con.execute(
                "insert into mart.table_digest values (?, 'trial', ?)", [vintage, f"of {number}"]
            )
            con.execute("insert into mart.trial values (?)", [number])
    return file
