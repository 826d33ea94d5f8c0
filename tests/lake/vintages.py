"""A home of two vintages: a table of a thousand figures was revised for the second."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

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
    home, kept = folder / "home", folder / "first.duckdb"
    with StandIn(limits=Limits(statbank=Window(1_000, 60))) as upstream:
        refreshed(home, upstream)
        shutil.copy(Settings(home=home).warehouse, kept)
        table = upstream.statbank.tables["14534"]
        upstream.statbank.publish(replace(table, figures=OneMore(table.figures), updated=now()))
        refreshed(home, upstream)


def found(folder: Path) -> TwoVintages:
    """What was made in a folder."""
    home, kept = folder / "home", folder / "first.duckdb"
    runs = ask(home, "select run_id from mart.refresh_run order by started_at")
    [first, second] = [str(run_id) for (run_id,) in runs]
    return TwoVintages(home, kept, first, second)
