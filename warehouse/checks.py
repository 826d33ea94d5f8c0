"""Runs the data checks: one query a file; a returned row is a fault.

The head of a file says what the check protects and how grave a fault is:

    -- protects: nobody is counted twice, and nobody is lost
    -- severity: block

A `block` fault keeps the new warehouse from being published; a `warn` fault is shown and kept in
`mart.data_check`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from common.errors import ChecksFailedError, ModelError
from warehouse.models import split_head

CHECKS = Path(__file__).parent / "checks"
SHOWN = 5
_SEVERITIES = {"block", "warn"}


@dataclass(frozen=True)
class Check:
    """A check file: its name, what it protects, its severity and its query."""

    name: str
    protects: str
    severity: str
    query: str


@dataclass(frozen=True)
class Result:
    """What a check found: the number of faults and the first few, in words."""

    check: Check
    faults: int
    examples: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        return self.faults > 0 and self.check.severity == "block"

    @property
    def sentence(self) -> str:
        """One sentence for a person."""
        if not self.faults:
            return f"{self.check.name}: {self.check.protects}: passed."
        counted = "1 fault" if self.faults == 1 else f"{self.faults} faults"
        return f"{self.check.name}: {counted}, as {'; '.join(self.examples)}."


def read_checks(folder: Path = CHECKS) -> Iterator[Check]:
    """Yields every check by name. Raises ModelError for a head without its two lines."""
    for path in sorted(folder.glob("*.sql")):
        head, query = split_head(path.read_text(encoding="utf-8"))
        if not head.get("protects") or head.get("severity") not in _SEVERITIES:
            raise ModelError(
                f"{path.name}: the head needs '-- protects: ...' and '-- severity: block|warn'."
            )
        yield Check(path.stem, head["protects"], head["severity"], query.strip().rstrip(";"))


def run(con: duckdb.DuckDBPyConnection, check: Check) -> Result:
    """Runs one check. Raises ModelError if its query does not run."""
    try:
        cursor = con.execute(check.query)
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise ModelError(f"check {check.name}: {error}") from error
    examples = tuple(
        ", ".join(f"{name} {value}" for name, value in zip(columns, row, strict=True))
        for row in rows[:SHOWN]
    )
    return Result(check, len(rows), examples)


def run_all(con: duckdb.DuckDBPyConnection, folder: Path = CHECKS) -> list[Result]:
    """Runs every check and keeps the results in `mart.data_check`."""
    results = [run(con, check) for check in read_checks(folder)]
    con.executemany(
        "insert into mart.data_check values (?, ?, ?, ?, ?)",
        [
            [r.check.name, r.check.protects, r.check.severity, r.faults, list(r.examples)]
            for r in results
        ],
    )
    return results


def demand(results: list[Result]) -> None:
    """Raises ChecksFailedError, naming each blocking fault."""
    if blocking := [result.sentence for result in results if result.blocks]:
        raise ChecksFailedError(
            "the new warehouse was not published, the old one stays: " + " ".join(blocking)
        )
