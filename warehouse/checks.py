"""Runs the data checks: one query a file; a returned row is a fault.

The head of a file says what a row is, why it matters and how grave it is:

    -- finds: population figure/figures differs/differ from SSB's own sum
    -- why: nobody is counted twice or lost
    -- severity: block

Of two words with a slash between, the first is for one row, the second for any other number. A
`block` fault keeps the new warehouse from being published; a `warn` fault is shown and kept in
`mart.data_check`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from common.errors import ChecksFailedError, ModelError
from warehouse.models import split_head

CHECKS = Path(__file__).parent / "checks"
SHOWN = 5
_SEVERITIES = {"block", "warn"}
_ONE_OR_MANY = re.compile(r"(\w+)/(\w+)")


@dataclass(frozen=True)
class Check:
    """A check file: its name, what a returned row is, why it matters, its severity, its query."""

    name: str
    finds: str
    why: str
    severity: str
    query: str

    def counted(self, faults: int) -> str:
        """What was found, in the singular or the plural."""
        word = r"\1" if faults == 1 else r"\2"
        return f"{faults} {_ONE_OR_MANY.sub(word, self.finds)}"


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
        """One sentence for a person, with the first fault."""
        if not self.faults:
            return f"{self.check.name}: passed"
        first = "first: " if self.faults > 1 else ""
        return f"{self.check.name}: {self.check.counted(self.faults)} ({first}{self.examples[0]})"


def read_checks(folder: Path = CHECKS) -> Iterator[Check]:
    """Yields every check by name. Raises ModelError for a head without its three lines."""
    for path in sorted(folder.glob("*.sql")):
        head, query = split_head(path.read_text(encoding="utf-8"))
        finds, why, severity = (head.get(field, "") for field in ("finds", "why", "severity"))
        if not finds or not why or severity not in _SEVERITIES:
            raise ModelError(
                f"{path.name}: the head needs '-- finds: ...', '-- why: ...' and"
                " '-- severity: block' or 'warn'."
            )
        yield Check(path.stem, finds, why, severity, query.strip().rstrip(";"))


def run(con: duckdb.DuckDBPyConnection, check: Check) -> Result:
    """Runs one check. Raises ModelError if its query does not run."""
    try:
        cursor = con.execute(check.query)
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise ModelError(f"check {check.name}: {error}") from error
    examples = tuple(
        ", ".join(_in_words(name, value) for name, value in zip(columns, row, strict=True))
        for row in rows[:SHOWN]
    )
    return Result(check, len(rows), examples)


def _in_words(column: str, value: object) -> str:
    """A cell of a returned row: text and years speak for themselves, the rest need their name."""
    if isinstance(value, str) or column == "year":
        return str(value)
    name = column.replace("_", " ")
    if value is None:
        return f"{name} missing"
    if isinstance(value, list):
        return f"{name} {', '.join(map(str, value))}"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{name} {float(value):,.10g}".replace(",", " ")
    return f"{name} {value}"


def run_all(con: duckdb.DuckDBPyConnection, folder: Path = CHECKS) -> list[Result]:
    """Runs every check and keeps the results in `mart.data_check`."""
    results = [run(con, check) for check in read_checks(folder)]
    con.executemany(
        "insert into mart.data_check values (?, ?, ?, ?, ?, ?)",
        [
            [r.check.name, r.check.finds, r.check.why, r.check.severity, r.faults, [*r.examples]]
            for r in results
        ],
    )
    return results


def require(results: list[Result]) -> None:
    """Raises ChecksFailedError, naming each blocking fault."""
    if blocking := [result.sentence for result in results if result.blocks]:
        raise ChecksFailedError(
            f"the new warehouse was not published, the old one stays: {'; '.join(blocking)}."
        )
