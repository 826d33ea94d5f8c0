"""Figures that a check refuses stay behind with their source; all others are published."""

from pathlib import Path

import pytest

from flows.settings import Settings
from tests.flows.refreshing import ask, refreshed
from tests.upstream import faults
from tests.upstream.server import StandIn
from tests.upstream.tables import now
from warehouse.checks import FaultsError

pytestmark = pytest.mark.usefixtures("small")

NURSES, INCOME, POPULATION = "14534", "06944", "07459"


def figures(home: Path, indicator: str) -> list[tuple[object, ...]]:
    return ask(
        home,
        "select municipality_code, period, value from mart.observation"
        f" where indicator_id = '{indicator}' order by all",
    )


def update(upstream: StandIn, *numbers: str) -> None:
    """Publishes tables anew, so that they are asked."""
    for number in numbers:
        upstream.statbank.publish(upstream.statbank.tables[number].updated_at(now()))


UPDATED = "select max(updated) from raw.reply where table_id = 'ssb_11918'"


def test_impossible_figures_keep_back_their_own_sources_until_they_are_mended(
    home: Path, upstream: StandIn
) -> None:
    before, updated = figures(home, "nurses_fte"), ask(home, UPDATED)
    update(upstream, NURSES, INCOME, "11918")
    for number in (NURSES, INCOME):
        upstream.misbehave(faults.figure_instead(-7), f"{number}/data", times=None)
    failed = {item.table_id: item.message for item in refreshed(home, upstream).failed}
    assert failed.keys() == {"ssb_14534", "ssb_06944"}
    assert failed["ssb_14534"].startswith(
        "ssb_14534: observation_range: 1 figure is outside the bounds of the catalogue"
        " (nurses_fte, 0301, 2024, value -7, minimum 0, maximum 5 000"
    )
    assert figures(home, "nurses_fte") == before
    assert ask(home, UPDATED) != updated
    told = "select outcome, message from mart.source_table where table_id = 'ssb_14534'"
    assert ask(home, told) == [("failed", failed["ssb_14534"])]
    upstream.heal()
    upstream.misbehave(faults.figure_instead(7), f"{NURSES}/data", times=None)
    assert refreshed(home, upstream).failed == ()
    assert ("0301", "2024", 7.0) in figures(home, "nurses_fte")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "figure"),
    [
        *((number, -7) for number in ("07984", "11918", "13470", "12367")),
        ("12134", -101),  # percent of the revenue
    ],
)
def test_an_impossible_figure_in_any_other_table_keeps_back_that_table_alone(
    home: Path, upstream: StandIn, number: str, figure: int
) -> None:
    update(upstream, number, NURSES)
    upstream.misbehave(faults.figure_instead(figure), f"{number}/data", times=None)
    [failed] = refreshed(home, upstream).failed
    assert failed.table_id == f"ssb_{number}"
    assert failed.message.startswith(f"ssb_{number}: observation_")


def test_without_figures_before_the_source_is_left_out_with_its_reason(
    tmp_path: Path, upstream: StandIn
) -> None:
    """4 999 nurses are possible, and in Vardø they are too many for its people."""
    upstream.misbehave(faults.figure_instead(4_999, place=-1), f"{NURSES}/data", times=None)
    [failed] = refreshed(tmp_path, upstream).failed
    assert failed.table_id == "ssb_14534"
    assert "nurses_fte_per_1000, 5636, 2025" in failed.message
    assert figures(tmp_path, "nurses_fte") == []
    assert figures(tmp_path, "population") != []
    assert ask(
        tmp_path,
        "select indicator_id, is_asked from mart.indicator"
        " where indicator_id in ('nurses_fte', 'median_household_income') order by all",
    ) == [("median_household_income", True), ("nurses_fte", False)]


def test_an_impossible_population_keeps_everything_as_it_was(home: Path, upstream: StandIn) -> None:
    update(upstream, POPULATION, INCOME)
    upstream.misbehave(faults.figure_instead(-7), f"{POPULATION}/data", times=None)
    file = Settings(home=home).warehouse
    before = file.read_bytes()
    with pytest.raises(FaultsError, match=r"population"):
        refreshed(home, upstream)
    assert file.read_bytes() == before


def test_if_nothing_else_was_asked_the_refusal_is_told_and_the_old_file_stays(
    home: Path, upstream: StandIn
) -> None:
    update(upstream, NURSES)
    upstream.misbehave(faults.figure_instead(-7), f"{NURSES}/data", times=None)
    file = Settings(home=home).warehouse
    before = file.read_bytes()
    with pytest.raises(FaultsError, match=r"observation_range: 2 figures"):
        refreshed(home, upstream)
    assert file.read_bytes() == before
