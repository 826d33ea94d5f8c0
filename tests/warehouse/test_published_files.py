"""Figures that came as files, against the files themselves as pandas reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources import files

Ask = Callable[..., list[tuple[Any, ...]]]


def read(name: str, **types: type) -> pd.DataFrame:
    """A shipped file, codes as text."""
    return pd.read_csv(files.FOLDER / name, dtype={"municipality_code": str, **types})


def in_mart(ask: Ask, indicator: str) -> pd.DataFrame:
    rows = ask(
        "select municipality_code, period, value from mart.observation"
        " where indicator_id = ? and value is not null",
        indicator,
    )
    return pd.DataFrame(rows, columns=["municipality_code", "period", "value"])


# --- care staff ------------------------------------------------------------------------------

CARE = "ssb_12292_care_fte_2015_2025.csv"
# Before these took in a neighbour whose own code is gone, the file has their part alone.
MERGED_INTO = {"1103": 2019, "5001": 2019}


def test_care_staff_of_each_year_is_the_files_but_where_a_merged_part_is_not_known(
    ask: Ask,
) -> None:
    given = read(CARE)
    alone = given["year"] <= given["municipality_code"].map(MERGED_INTO).fillna(0)
    given["year"] = given["year"].astype(str)
    kept = given[~alone].set_index(["municipality_code", "year"])["fte"]
    found = in_mart(ask, "care_fte").set_index(["municipality_code", "period"])["value"]
    assert found.to_dict() == kept.to_dict()
    assert kept.groupby(level=1).sum()[["2024", "2025"]].tolist() == [145_257, 148_553]


@pytest.mark.parametrize("code", ["0301", "1151", "1860", "4601", "5601"])
def test_care_staff_per_inhabitant_and_per_100_aged_80_is_what_a_calculator_says(
    ask: Ask, code: str
) -> None:
    given = read(CARE)
    staff = given[(given["municipality_code"] == code) & (given["year"] == 2025)]["fte"].item()
    people = dict(
        ask(
            "select indicator_id, value from mart.observation where period = '2025' and"
            " municipality_code = ? and indicator_id in ('population', 'population_80_plus',"
            " 'care_fte_per_1000', 'care_fte_per_100_aged_80', 'nurses_fte',"
            " 'nurses_per_100_care_fte')",
            code,
        )
    )
    expected = {
        "care_fte_per_1000": 1000 * staff / people["population"],
        "care_fte_per_100_aged_80": 100 * staff / people["population_80_plus"],
        "nurses_per_100_care_fte": 100 * people["nurses_fte"] / staff,
    }
    assert {name: people[name] for name in expected} == pytest.approx(expected)


# --- accessibility ---------------------------------------------------------------------------


def test_the_earlier_days_of_the_register_are_counted_as_the_register_itself_is(ask: Ask) -> None:
    """On the last day both ways are there: the input's own counts, and the statements."""
    inputs = Path(__file__).parents[2] / "recordings" / "inputs" / "digital"
    given = pd.read_csv(
        inputs / "uutilsynet_by_municipality_2026-03-04_to_2026-06-01.csv",
        dtype={"municipality_code": str},
    )
    given["in_breach"] = given["with_breach_count"] - given["without_breaches"]
    for indicator, column in (
        ("accessibility_statements", "statements"),
        ("accessibility_breaches", "breaches_total"),
        ("accessibility_statements_in_breach", "in_breach"),
    ):
        found = in_mart(ask, indicator).set_index(["municipality_code", "period"])["value"]
        assert (
            found.to_dict() == given.set_index(["municipality_code", "snapshot"])[column].to_dict()
        )
    total = in_mart(ask, "accessibility_statements").groupby("period")["value"].sum()
    assert total.to_dict() == {
        "2026-03-04": 5345,
        "2026-04-01": 5434,
        "2026-05-01": 5483,
        "2026-06-01": 5530,
    }


# --- money -----------------------------------------------------------------------------------


def test_free_income_is_the_ministrys_in_kroner_for_all_357(ask: Ask) -> None:
    given = read("kdd_free_income_2027.csv").set_index("municipality_code")
    for indicator, column, period in (
        ("free_income", "free_income_2026_nok", "2026"),
        ("free_income", "free_income_2027_nok", "2027"),
        ("free_income_growth", "growth_2026_2027_pct", "2026-10-07"),
        ("tax_index", "tax_index", "2026-10-07"),
        ("population_1_july", "population_2026_07_01", "2026-07-01"),
    ):
        found = in_mart(ask, indicator)
        found = found[found["period"] == period].set_index("municipality_code")["value"]
        assert found.to_dict() == given[column].to_dict()
        assert len(found) == 357
    amounts = given[["free_income_2026_nok", "free_income_2027_nok", "population_2026_07_01"]]
    assert amounts.sum().tolist() == [455_795_068_005, 478_253_578_001, 5_636_995]


@pytest.mark.parametrize(
    ("code", "per_inhabitant"),
    [("0301", 77_746), ("5546", 139_521), ("1151", 230_835), ("3424", 104_663), ("4601", 76_864)],
)
def test_free_income_per_inhabitant_is_the_amount_over_the_people_of_1_july(
    ask: Ask, code: str, per_inhabitant: int
) -> None:
    query = (
        "select value from mart.observation where period = '2026' and municipality_code = ?"
        " and indicator_id = 'free_income_budget_per_inhabitant'"
    )
    assert ask(query, code) == [(per_inhabitant,)]


def test_the_wrong_free_income_of_kvaenangen_is_missing_with_its_reason(ask: Ask) -> None:
    [(value, reason)] = ask(
        "select value, missing_reason from mart.observation where municipality_code = '5546'"
        " and indicator_id = 'free_income_per_inhabitant' and period = '2024'"
    )
    assert value is None
    assert "the ministry's own for 2026 is 139 521" in reason


def test_stays_in_robek_are_those_of_the_register_under_the_code_of_today(ask: Ask) -> None:
    given = read("kdd_robek_stays_2001_2016.csv")
    [(stays, ended)] = ask(
        "select count(*), count(left_on) from (select distinct reported_code, entered_on, left_on"
        " from mart.robek_stay)"
    )
    assert (stays, ended) == (len(given), given["left_on"].notna().sum())
    moss = ask(
        "select reported_code, entered_on::varchar, left_on::varchar from mart.robek_stay"
        " where municipality_code = '3103' order by entered_on"
    )
    assert ("0104", "2003-02-18", "2007-07-09") in moss
    listed = in_mart(ask, "robek_year_end").groupby("period")["value"].agg(["sum", "count"])
    assert listed.index.tolist() == [str(year) for year in range(2001, 2017)]
    assert not ask("from mart.robek_stay where reported_code in ('0402', '0425', '1811')")


# --- travel time -----------------------------------------------------------------------------


def test_travel_time_over_a_merger_is_the_mean_by_population(ask: Ask) -> None:
    minutes = read("travel_time_region_type_2016.csv").set_index("municipality_code")
    people = dict(ask("select code, population from staging.population_reported where year = 2016"))
    parts = ["1001", "1017", "1018"]
    expected = sum(minutes["minutes_to_oslo"][p] * people[p] for p in parts) / sum(
        people[p] for p in parts
    )
    rows = ask(
        "select value, quality from mart.observation where indicator_id = 'travel_time_to_oslo'"
        " and municipality_code in ('4204', '0301') order by municipality_code"
    )
    assert rows == [
        (minutes["minutes_to_oslo"]["0301"], "reported"),
        (pytest.approx(expected), "weighted"),
    ]


def test_every_class_says_of_which_year_its_edition_is(ask: Ask) -> None:
    years = {"centrality": 2024, "economic_region": 2024, "kostra_group": 2024}
    assert ask("select distinct class_years from mart.municipality") == [(years,)]
