"""What a refresh came to: the tables it loaded, what its checks found, what failed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import duckdb

from sources.plan import Failed
from warehouse.checks import Result

_LOADED = """
    select
        source.table_id,
        source.publisher,
        source.title_en,
        count(distinct observation.indicator_id),
        count(observation.value),
        coalesce(min(observation.year) || '-' || max(observation.year), ''),
        count(distinct observation.reported_code)
            filter (observation.region_kind = 'municipality')
    from raw.source_table as source
    left join staging.observation as observation using (table_id)
    group by all
    order by all
"""


@dataclass(frozen=True)
class Loaded:
    """What one table brought: for the list printed after a refresh."""

    table_id: str
    publisher: str
    title: str
    indicators: int
    observations: int
    periods: str
    municipalities: int


@dataclass(frozen=True)
class Summary:
    """What a refresh did; with `unchanged_since` it found nothing new and published nothing.
    What is stale in the warehouse may be so still.

    `skipped` are the tables that have no recording and so were not asked. `code_change` is a
    sentence if the vintage before was built by other code, as of an older version, `behind` has one
    for each target that the warehouse could not be published to.
    """

    run_id: str
    upstream: str
    requests: int
    fewest_requests: int
    retried: int = 0
    skipped: tuple[str, ...] = ()
    loaded: tuple[Loaded, ...] = ()
    checks: tuple[Result, ...] = ()
    refused_rows: int = 0
    failed: tuple[Failed, ...] = ()
    unchanged_since: datetime | None = None
    code_change: str = ""
    behind: tuple[str, ...] = ()

    def of_built(
        self,
        con: duckdb.DuckDBPyConnection,
        checks: Sequence[Result],
        failed: Sequence[Failed],
    ) -> Self:
        """The same with what the warehouse that was just built holds."""
        refused = con.execute("select count(*) from raw.refused_row").fetchall()
        return replace(
            self,
            loaded=tuple(Loaded(*row) for row in con.execute(_LOADED).fetchall()),
            checks=tuple(checks),
            refused_rows=int(refused[0][0]),
            failed=tuple(failed),
        )

    @property
    def state(self) -> str:
        """The state in which a refresh that came to this ends, as in docs/operate.md."""
        if self.failed or self.behind:
            return "Stale"
        return "Unchanged" if self.unchanged_since else "Completed"

    @property
    def why(self) -> str | None:
        """What the message about that state says, where there is something to say."""
        reasons = [f"{item.table_id}: {item.message}" for item in self.failed]
        if reasons or self.behind:
            return "; ".join([*reasons, *self.behind])
        return "nothing new" if self.unchanged_since else None

    @property
    def requests_made(self) -> str:
        """The requests made, beside the fewest that the plan takes."""
        made = f"{self.requests} request{'' if self.requests == 1 else 's'}"
        retried = f", {self.retried} retried" if self.retried else ""
        return f"{made} (minimum {self.fewest_requests}{retried})"

    @property
    def figures(self) -> int:
        return sum(item.observations for item in self.loaded)
