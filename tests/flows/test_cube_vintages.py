"""The cells of a table that is taken whole, known as they were at each vintage."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from flows.settings import Settings
from tests.command import Done, digidistrikt
from tests.flows.refreshing import ask
from tests.upstream import described
from tests.upstream.limits import Limits, Window
from tests.upstream.server import StandIn
from tests.upstream.tables import Cells, Figures, Table, Wanted, now

FUNCTION, REVISED = "KOKfunksjon0000", "FGK1b"
CUBE = "ssb_12362_cube"


@dataclass(frozen=True)
class OneFunctionDoubled:
    """Figures as a publisher might revise them, made up."""

    figures: Figures

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        found = self.figures.cells(table, wanted)
        values = found.values.reshape([len(each) for each in wanted.values()])
        factors = [2.0 if each.code == REVISED else 1.0 for each in wanted[FUNCTION]]
        along = [len(factors) if name == FUNCTION else 1 for name in wanted]
        return replace(found, values=(values * np.array(factors).reshape(along)).ravel())


def command(home: Path, upstream: StandIn, *words: str) -> Done:
    done = digidistrikt(
        *words,
        "--upstream",
        upstream.address,
        home=home,
        env={"DIGIDISTRIKT_CALLS_A_MINUTE": "10000"},
    )
    assert done.returncode == 0, done.stderr
    return done


def cells(home: Path, *as_of: str) -> Sequence[str]:
    """How many cells there are, and a sum that is another if one of them is."""
    query = (
        "select count(*), sum(hash(row(reported_code, contents, codes::varchar, period, value,"
        f" status)::varchar)::hugeint) from mart.cube where table_id = '{CUBE}'"
    )
    done = digidistrikt("sql", query, "--format", "csv", *as_of, home=home)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1].split(",")


@pytest.mark.thorough
def test_cells_that_were_revised_and_withdrawn_are_known_as_they_were(
    small_home: Settings, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(small_home.home, home)
    table = described.tables()["12362"]
    seen = []
    with StandIn(limits=Limits(statbank=Window(100_000, 60))) as upstream:
        upstream.statbank.publish(table)
        words = ("--table", "12362", "--cube", "--contents", "KOSbelop0000", "--yes")
        command(home, upstream, "add", *words)
        seen.append(cells(home))
        doubled = replace(table, figures=OneFunctionDoubled(table.figures))
        [time] = [each for each in table.dimensions if each.code == "Tid"]
        shorter = doubled.changed("Tid", labels=dict([*time.labels.items()][1:]))
        for published in (doubled, shorter, table):
            upstream.statbank.publish(published.updated_at(now()))
            command(home, upstream, "refresh", "--direct", "--only", CUBE)
            seen.append(cells(home))
    first, revised, withdrawn, again = seen
    assert first == again
    assert first[0] == revised[0] > withdrawn[0]
    assert first[1] != revised[1]

    vintages = [str(row[0]) for row in ask(home, "select run_id from mart.refresh_run order by 1")]
    assert len(vintages) == 1 + len(seen)
    known = [cells(home, "--as-of", vintage) for vintage in vintages]
    assert known[0][0] == "0"  # before the cube was added
    assert known[1:] == seen
    [(superseded,)] = ask(home, "select count(*) from raw.superseded_cell")
    [(doubled_cells, of_them_withdrawn)] = ask(
        home,
        "select count(value)::int, count(value) filter (year = (select min(year) from mart.cube))"
        f"::int from mart.cube where codes['{FUNCTION}'] = '{REVISED}'",
    )
    # a cell that was doubled is changed back, unless it was withdrawn in between
    both_times = 2 * int(str(doubled_cells)) - int(str(of_them_withdrawn))
    assert superseded == both_times + int(first[0]) - int(withdrawn[0])

    done = digidistrikt("rebuild", home=home)
    assert done.returncode == 0, done.stderr
    assert [cells(home, "--as-of", vintage) for vintage in vintages[1:]] == seen
