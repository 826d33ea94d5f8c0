"""The warehouse as it was known earlier: every table made of figures has the figures of then."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from common.errors import WarehouseError
from digidistrikt.opening import moment
from flows.settings import Settings
from warehouse import models, publish, vintages
from warehouse.reading import WarehouseFile

LATER = datetime(2100, 1, 1, tzinfo=UTC)
# A later run has one person more in Bodø than the run that was published.
REVISED = """
insert into raw.refresh_run
select * replace ('later' as run_id, timestamptz '2100-01-01' as started_at)
from raw.refresh_run;
insert into raw.superseded by name
select indicator_id, municipality_code, period, value, quality, status, missing_reason, table_id,
    (select min(started_at) from raw.refresh_run) as known_since,
    timestamptz '2100-01-01' as known_until
from mart.observation
where indicator_id = 'population' and municipality_code = '1804' and period = '2026';
insert into raw.known_since
values ('population', '1804', '2026', timestamptz '2100-01-01');
update mart.observation set value = value + 1
where indicator_id = 'population' and municipality_code = '1804' and period = '2026';
"""


@pytest.fixture
def revised(built: Settings, tmp_path: Path) -> Path:
    """A copy of the real warehouse with a revision in a later vintage."""
    path = Path(shutil.copy(built.warehouse, tmp_path))
    with duckdb.connect(str(path)) as con:
        con.execute(REVISED)
        for model in models.read_models():
            if model.as_of == "recomputed":
                models.run(con, model)
    return path


def population(warehouse: Path, moment: datetime) -> tuple[float, float]:
    """The people of Bodø, and those of the network it is in, as known at a moment."""
    with vintages.opened_at(WarehouseFile(warehouse), moment) as con:
        [(bodo,)] = con.execute(
            "select population from mart.case_candidate where municipality_code = '1804'"
        ).fetchall()
        [(network,)] = con.execute(
            "select population from mart.network_profile where network_id = 'diginordland'"
        ).fetchall()
    return bodo, network


class PublishedMeanwhile(WarehouseFile):
    """A file in whose place another is put after it was first opened."""

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Attaches the other."""
        WarehouseFile(self.path.with_name("other.duckdb")).attach(con)


def test_a_vintage_published_while_an_earlier_moment_is_opened_is_told_and_never_mixed(
    built: Settings, tmp_path: Path
) -> None:
    with duckdb.connect(str(shutil.copy(built.warehouse, tmp_path / "other.duckdb"))) as con:
        con.execute("update mart.refresh_run set run_id = 'another'")
    here = PublishedMeanwhile(Path(shutil.copy(built.warehouse, tmp_path)))
    with (
        pytest.raises(WarehouseError, match="another vintage was published while it was opened"),
        vintages.opened_at(here, LATER),
    ):
        pass


def test_a_network_has_the_people_it_was_known_to_have(revised: Path) -> None:
    bodo_then, network_then = population(revised, datetime.now(UTC))
    bodo, network = population(revised, LATER)
    assert (bodo - bodo_then, network - network_then) == (1, 1)


def test_the_newest_change_is_of_the_figures_known_then(revised: Path) -> None:
    found = []
    for at in (datetime.now(UTC), LATER):
        with vintages.opened_at(WarehouseFile(revised), at) as con:
            found += con.execute(
                "select value, year_before from mart.newest_change"
                " where indicator_id = 'population' and municipality_code = '1804'"
            ).fetchall()
    [(then, before_then), (now, before_now)] = found
    assert (now - then, before_now - before_then) == (1, 0)


@pytest.mark.parametrize("text", ["2026-06-15", "2026-06-15T12:30"])
def test_a_day_means_its_end_in_sql_as_in_the_commands(built: Settings, text: str) -> None:
    begun = {"first": datetime(2020, 1, 1, tzinfo=UTC)}
    with publish.reading(built.warehouse) as con:
        [(in_sql,)] = con.execute(f"select epoch_us(core.moment('{text}'))").fetchall()
    assert in_sql == round(moment(text, begun).timestamp() * 1_000_000)
