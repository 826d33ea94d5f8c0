"""The record of the runs: what is noted of one, and what a published file keeps of all of them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from warehouse import load, models, publish, vintages

# What each file carries over from the one before it, which older code may have made.
_CARRIED = {
    "refresh_run": "from raw.refresh_run order by started_at",
    "source_run": "select * replace (if(outcome = 'not_asked', 'skipped', outcome) as outcome)"
    " from raw.source_run order by run_id, table_id",
    "table_digest": "from raw.table_digest order by run_id, table_name",
}


@dataclass(frozen=True)
class Run:
    """What is noted of a run: the code that made it, and the outcome of each table.

    `outcomes` has an outcome and a message for each table. `after` is the run before it, if any.
    `differences` are those of tables whose shape is not the one agreed; older runs noted none.
    """

    run_id: str
    started_at: datetime
    upstream: str
    code: tuple[str, str]
    calls: int
    outcomes: Mapping[str, tuple[str, str]]
    after: str | None
    differences: Mapping[str, str] = field(default_factory=dict)

    def noted(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        return {**asdict(self), "started_at": self.started_at.isoformat()}

    @classmethod
    def of(cls, noted: Mapping[str, Any]) -> Self:
        """From what a manifest keeps, also one that older code wrote."""
        return cls(
            noted["run_id"],
            datetime.fromisoformat(noted["started_at"]),
            noted["upstream"],
            (noted["code"][0], noted["code"][1]),
            noted["calls"],
            {
                table: ("skipped" if outcome == "not_asked" else outcome, message)
                for table, (outcome, message) in noted["outcomes"].items()
            },
            noted["after"],
            noted.get("differences", {}),
        )


def record(con: duckdb.DuckDBPyConnection, before: Path, run: Run) -> None:
    """Puts the runs that the published file `before` has, and this one, into the new file."""
    for name, rows in _kept(before).items():
        load.insert(con, name, rows)
    con.execute(
        "insert into raw.refresh_run by name select ? as run_id, ? as started_at, ? as upstream,"
        " ? as code_version, ? as code_digest, ? as requests,"
        " (select count(*) from raw.reply) as replies,"
        " (select count(*) from raw.observation) as observations",
        [run.run_id, run.started_at, run.upstream, *run.code, run.calls],
    )
    outcomes = [
        {"run_id": run.run_id, "table_id": table_id, "outcome": outcome, "message": message}
        for table_id, (outcome, message) in run.outcomes.items()
    ]
    load.insert(con, "source_run", pa.Table.from_pylist(outcomes))
    if run.differences:
        differences = {
            "table_id": list(run.differences),
            "difference": list(run.differences.values()),
        }
        load.insert(con, "shape_difference", pa.table(differences))


def record_digests(
    con: duckdb.DuckDBPyConnection, run_id: str, known: Mapping[str, tuple[int, str]] | None = None
) -> None:
    """Puts what each table of `mart` holds in this run on record; `known` is so already."""
    found = [
        {"run_id": run_id, "table_name": table, "rows": rows, "digest": digest}
        for table, (rows, digest) in vintages.digest(con, known).items()
    ]
    load.insert(con, "table_digest", pa.Table.from_pylist(found))
    models.run_some(con, ["mart.table_digest"])


def digests(warehouse: Path, run_id: str) -> dict[str, str]:
    """The digest of each table of `mart` that a file keeps of a run; none if it has no such run."""
    kept = _kept(warehouse).get("table_digest")
    rows = kept.to_pylist() if kept else []
    return {row["table_name"]: row["digest"] for row in rows if row["run_id"] == run_id}


def known_digests(
    con: duckdb.DuckDBPyConnection, changed: Collection[str]
) -> dict[str, tuple[int, str]]:
    """Rows and digest of the tables of `mart` that have not changed since the run before."""
    rows = con.execute(
        "select table_name, rows, digest from raw.table_digest where run_id = (select run_id from"
        " raw.table_digest inner join raw.refresh_run using (run_id) order by started_at desc"
        " limit 1)"
    ).fetchall()
    return {name: (n, digest) for name, n, digest in rows if f"mart.{name}" not in changed}


def last(warehouse: Path) -> dict[str, Any] | None:
    """The newest published run as `raw.refresh_run` has it, or None."""
    runs = _kept(warehouse).get("refresh_run")
    return runs.to_pylist()[-1] if runs else None


def published(warehouse: Path) -> frozenset[str]:
    """The ids of the published runs. Raises WarehouseError if the file can't be opened."""
    kept = _kept(warehouse).get("refresh_run")
    return frozenset(str(run_id) for run_id in kept["run_id"].to_pylist()) if kept else frozenset()


def _kept(warehouse: Path) -> dict[str, pa.Table]:
    """The records of the published runs, oldest first; none if there is no warehouse yet.

    A file made by older code may not have all of them.
    """
    if not warehouse.is_file():
        return {}
    with publish.reading(warehouse, patience=publish.PATIENCE) as con:
        there = {row[0] for row in con.execute(_RAW_TABLES).fetchall()}
        return {
            name: _renamed(con.execute(query).to_arrow_table())
            for name, query in _CARRIED.items()
            if name in there
        }


def _renamed(records: pa.Table) -> pa.Table:
    """Records of older code under the names that their columns have now."""
    return records.rename_columns([_RENAMED.get(name, name) for name in records.column_names])


_RENAMED = {"told": "message", "calls": "requests"}
_RAW_TABLES = "select table_name from duckdb_tables() where schema_name = 'raw'"
