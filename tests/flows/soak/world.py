"""A world of publishers on the stand-in server, and the home that is refreshed in it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.settings import Settings
from tests.flows.soak import refresh
from tests.flows.soak.clock import Clock
from tests.flows.soak.kills import Revised
from tests.flows.soak.refresh import Ended
from tests.small import REVISED
from tests.upstream.server import StandIn
from tests.upstream.tables import Table
from warehouse import publish

PLACE, PERIOD = "4601", "2025"


def morning(day: date) -> datetime:
    """When the refresh of a day begins: 08:20 in Oslo in winter."""
    return datetime(day.year, day.month, day.day, 7, 20, tzinfo=UTC)


@dataclass
class World:
    """What the publishers have by now. `as_flow`: refreshes are runs of a Prefect server."""

    upstream: StandIn
    home: Path
    as_flow: bool = False
    factor: dict[str, float] = field(default_factory=dict)
    revisions: int = 0

    def __post_init__(self) -> None:
        self.upstream.statbank.clock = lambda: Clock.hour
        self._tables = dict(self.upstream.statbank.tables)

    @property
    def warehouse(self) -> Path:
        return Settings(home=self.home).warehouse

    # --- what publishers do ----------------------------------------------------------------

    def table(self, number: str) -> Table:
        """A table as it was published first, with the years and codes it got since."""
        return self._tables[number]

    def becomes(self, number: str, table: Table) -> None:
        """A table is another from now on; what its figures were revised by goes on."""
        self._tables[number] = table
        self.update(number)

    def revise(self, number: str) -> None:
        """All figures of a table become a little larger, each time by another part."""
        self.revisions += 1
        self.factor[number] = 1 + (1 + 7 * self.revisions % 50) / 1000
        self.update(number)

    def revise_another_than(self, number: str) -> None:
        """Another table is revised than the one that goes wrong: it must be published."""
        self.revise(next(other for other in REVISED if other != number))

    def update(self, number: str, later: timedelta = timedelta(0)) -> None:
        """A table is published with the figures that it has by now."""
        table = self._tables[number]
        revised = replace(table, figures=Revised(table.figures, self.factor.get(number, 1.0)))
        self.upstream.statbank.publish(
            revised.updated_at(f"{Clock.hour + later:%Y-%m-%dT%H:%M:%SZ}")
        )

    # --- what the product does -------------------------------------------------------------

    def refresh(self, home: Path | None = None) -> Ended:
        return refresh.run(home or self.home, self.upstream.address, as_flow=self.as_flow)

    def figure(self, indicator: str) -> float:
        """A figure that is revised with its table."""
        with publish.reading(self.warehouse) as con:
            [(value,)] = con.execute(
                "select value from mart.observation where indicator_id = ?"
                " and municipality_code = ? and period = ?",
                [indicator, PLACE, PERIOD],
            ).fetchall()
        return float(value)
