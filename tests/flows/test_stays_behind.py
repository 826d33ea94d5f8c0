"""Figures that a check refuses stay behind with their source; all others are published."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from flows.settings import Settings
from tests.command import digidistrikt
from tests.flows.refreshing import ask, refreshed
from tests.upstream import faults, future
from tests.upstream.server import StandIn
from tests.upstream.tables import TIME, Cells, Figures, Table, Value, Wanted, now
from warehouse.checks import FaultsError

# a whole refresh a fault
pytestmark = [pytest.mark.usefixtures("small"), pytest.mark.thorough]

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
        ("12143", -1_001),  # the same; who lends more than it owes has a negative net debt
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


@dataclass(frozen=True)
class Moved:
    """As many as live in Utsira moved there from Oslo in the newest year, made up."""

    figures: Figures

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        found = self.figures.cells(table, wanted)
        if "Region" not in wanted:
            return found
        shape = [len(values) for values in wanted.values()]
        axis, values = list(wanted).index("Region"), found.values.reshape(shape).copy()
        utsira = {**wanted, "Region": [Value("1151", "1151", ())]}
        moved = self.figures.cells(table, utsira).values.reshape(
            [*shape[:axis], *shape[axis + 1 :]]
        )
        time = [name for name in wanted if name != "Region"].index(TIME)
        newest = np.array([value.code == "2026" for value in wanted[TIME]])
        moved = moved * newest.reshape([-1 if n == time else 1 for n in range(moved.ndim)])
        for number, region in enumerate(wanted["Region"]):
            sign = {"1151": 1, "0301": -1}.get(region.code[-4:], 0)
            if sign:
                place = tuple(number if n == axis else slice(None) for n in range(values.ndim))
                values[place] += sign * moved
        return replace(found, values=values.ravel())


def test_a_true_extreme_of_population_blocks_until_a_person_accepts_exactly_this_figure(
    home: Path, upstream: StandIn
) -> None:
    table = upstream.statbank.tables[POPULATION]
    moved = replace(table, figures=Moved(table.figures)).updated_at(now())
    upstream.statbank.publish(moved)
    people = "select value from mart.observation where indicator_id = 'population'"
    people += " and municipality_code = '1151' and year = 2026"
    [(before,)] = ask(home, people)
    after = 2 * int(float(str(before)))
    with pytest.raises(FaultsError, match=f"2026, 1151, .*{after}.* --population") as caught:
        refreshed(home, upstream)
    assert "population_continues" in str(caught.value)
    accept = ("contracts", "accept", "ssb_07459", "--population")
    for figure, why in ((f"1151:2026={after}", ()), ("Utsira=436", ("--why", "told"))):
        refused = digidistrikt(*accept, figure, *why, home=home)
        assert refused.returncode == 5, refused.stderr
    other = digidistrikt(*accept, f"1151:2026={after + 1}", "--why", "a slip", home=home)
    assert other.returncode == 0, other.stderr
    with pytest.raises(FaultsError, match="population_continues"):
        refreshed(home, upstream)
    done = digidistrikt(*accept, f"1151:2026={after}", "--why", "told by Utsira", home=home)
    assert done.returncode == 0, done.stderr
    assert refreshed(home, upstream).failed == ()
    assert ask(home, people) == [(after,)]
    [(_, faults_found, said)] = ask(
        home,
        "select severity, faults, examples::varchar from mart.data_check"
        " where check_name = 'population_accepted'",
    )
    assert faults_found == 1
    assert "told by Utsira" in str(said)
    doctor = digidistrikt("doctor", "--upstream", upstream.address, home=home)
    assert f"accepted 1151:2026={after}" in doctor.stdout
    assert ": told by Utsira" in doctor.stdout


@dataclass(frozen=True)
class Doubled:
    """A year in which all figures are twice those published but for Oslo's, made up."""

    figures: Figures
    year: str

    def cells(self, table: Table, wanted: Wanted) -> Cells:
        found = self.figures.cells(table, wanted)
        shape = [len(values) for values in wanted.values()]
        [region] = [name for name in wanted if "region" in name.lower()]
        factor = np.ones(shape)
        for name, is_changed in (
            (TIME, [value.code == self.year for value in wanted[TIME]]),
            (region, [value.code[-4:] != "0301" for value in wanted[region]]),
        ):
            along = [-1 if each == name else 1 for each in wanted]
            factor = factor * np.array(is_changed, dtype=float).reshape(along)
        return replace(found, values=found.values * (1 + factor.ravel()))


def test_a_new_year_in_which_all_but_one_municipality_doubled_is_published_with_a_warning(
    home: Path, upstream: StandIn
) -> None:
    """Of a table that stood still for some years, in each of which nothing changed."""
    longer = upstream.statbank.tables[INCOME]
    [time] = [dimension for dimension in longer.dimensions if dimension.code == TIME]
    years = [str(int(time.codes[-1]) + number) for number in range(1, 6)]
    for each in years:
        longer = future.another_year(longer, each)
    doubled = replace(longer, figures=Doubled(longer.figures, year := years[-1]))
    upstream.statbank.publish(doubled.updated_at(now()))
    jumps = (
        "select faults, examples::varchar from mart.data_check"
        " where check_name = 'observation_year_jumps'"
    )
    before, _ = ask(home, jumps)[0]
    assert refreshed(home, upstream).failed == ()
    [(faults_found, examples)] = ask(home, jumps)
    [(known,)] = ask(
        home,
        "select count(value) from mart.observation where municipality_code != '0301'"
        f" and indicator_id = 'median_household_income' and period = '{year}'",
    )
    assert int(str(known)) > 300
    assert int(str(faults_found)) - int(str(before)) >= int(str(known))
    assert "median_household_income" in str(examples)
