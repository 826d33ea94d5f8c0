"""Runs the data checks: one query a file; a returned row is a fault.

The head of a file says what a row is, why it matters and how grave it is:

    -- finds: figure/figures is/are outside the bounds of the catalogue
    -- why: an impossible figure is not published
    -- severity: block
    -- concerns: sources

Of two words with a slash between, the first is for one row, the second for any other number. A
`warn` fault is shown and kept in `mart.data_check`. A `block` fault is not published: one that
`concerns` sources names them in the column `table_ids` of its rows, and only their new figures stay
behind; one that concerns everything keeps the new warehouse from being published. `remedy` says
what a person can do about a fault, where that is more than to look at the publisher's page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from common.errors import ChecksFailedError, ModelError
from warehouse.models import split_head

CHECKS = Path(__file__).parent / "checks"
SHOWN = 5
_SEVERITIES = {"block", "warn"}
_SOURCES = "table_ids"  # the column that says which sources a row is about
_CONCERNS = {"block": {"sources", "everything"}, "warn": {""}}
# What all other figures are read, carried and weighed by: which municipalities there are, and how
# many live in them.
_GROUND = """
    select distinct table_id
    from (from raw.klass_code select reply_id union from raw.klass_change select reply_id)
    inner join raw.reply using (reply_id)
    union
    select table_id from raw.indicator_origin where indicator_id = 'population'
"""
_ONE_OR_MANY = re.compile(r"(\w+)/(\w+)")


@dataclass(frozen=True)
class Check:
    """A check file: its name, what its head says, its query."""

    name: str
    finds: str
    why: str
    severity: str
    query: str
    concerns: str = ""
    remedy: str = ""

    def counted(self, faults: int) -> str:
        """What was found, in the singular or the plural."""
        word = r"\1" if faults == 1 else r"\2"
        return f"{faults} {_ONE_OR_MANY.sub(word, self.finds)}"


@dataclass(frozen=True)
class Result:
    """What a check found: the number of faults and the first few, in words.

    `sources` has, for each set of sources that rows are about, their number and the first of them.
    The empty set is everything.
    """

    check: Check
    faults: int
    examples: tuple[str, ...]
    sources: Mapping[frozenset[str], tuple[int, str]] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return self.faults > 0 and self.check.severity == "block"

    @property
    def sentence(self) -> str:
        """One sentence for a person, with the first fault."""
        if not self.faults:
            return f"{self.check.name}: passed"
        return self._sentence(self.faults, self.examples[0])

    def sentence_of(self, sources: frozenset[str]) -> str:
        """The same of the rows that are about these sources alone."""
        return self._sentence(*self.sources[sources])

    def _sentence(self, faults: int, example: str) -> str:
        first = "first: " if faults > 1 else ""
        remedy = f". {self.check.remedy}" if self.check.remedy else ""
        return f"{self.check.name}: {self.check.counted(faults)} ({first}{example}){remedy}"


class FaultsError(ChecksFailedError):
    """Blocking faults. `ground` are the sources that everything stands on."""

    def __init__(self, blocking: Sequence[Result], ground: frozenset[str]) -> None:
        found = "; ".join(result.sentence for result in blocking)
        super().__init__(f"the new warehouse was not published, the old one stays: {found}.")
        self.blocking = tuple(blocking)
        self.ground = ground


def read_checks(folder: Path = CHECKS) -> Iterator[Check]:
    """Yields every check by name. Raises ModelError for a head without its lines."""
    for path in sorted(folder.glob("*.sql")):
        head, query = split_head(path.read_text(encoding="utf-8"))
        finds, why, severity = (head.get(field, "") for field in ("finds", "why", "severity"))
        if not finds or not why or severity not in _SEVERITIES:
            raise ModelError(
                f"{path.name}: the head needs '-- finds: ...', '-- why: ...' and"
                " '-- severity: block' or 'warn'."
            )
        concerns, remedy = head.get("concerns", ""), head.get("remedy", "")
        if concerns not in _CONCERNS[severity]:
            raise ModelError(
                f"{path.name}: the head of a check that blocks, and of no other, needs"
                " '-- concerns: sources' or 'everything'."
            )
        yield Check(path.stem, finds, why, severity, query.strip().rstrip(";"), concerns, remedy)


def run(con: duckdb.DuckDBPyConnection, check: Check) -> Result:
    """Runs one check. Raises ModelError if its query does not run, or names no sources."""
    try:
        cursor = con.execute(check.query)
        columns = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise ModelError(f"check {check.name}: {error}") from error
    if (_SOURCES in columns) != (check.concerns == "sources"):
        raise ModelError(
            f"check {check.name}: rows have the column {_SOURCES} where the head has '-- concerns:"
            " sources', and only there."
        )
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    by_sources: dict[frozenset[str], list[dict[str, object]]] = {}
    for row in found:
        by_sources.setdefault(frozenset(_sources_of(row)), []).append(row)
    return Result(
        check,
        len(found),
        tuple(_row_in_words(row) for row in found[:SHOWN]),
        {about: (len(each), _row_in_words(each[0])) for about, each in by_sources.items()},
    )


def _sources_of(row: Mapping[str, object]) -> list[str]:
    named = row.get(_SOURCES)
    return named if isinstance(named, list) else []


def _row_in_words(row: Mapping[str, object]) -> str:
    return ", ".join(_in_words(name, value) for name, value in row.items() if name != _SOURCES)


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


def require(con: duckdb.DuckDBPyConnection, results: Sequence[Result]) -> None:
    """Raises FaultsError, naming each blocking fault."""
    if blocking := [result for result in results if result.blocks]:
        ground = frozenset(str(row[0]) for row in con.execute(_GROUND).fetchall())
        raise FaultsError(blocking, ground)
