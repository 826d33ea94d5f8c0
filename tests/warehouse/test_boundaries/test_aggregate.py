"""Sums over groups of municipalities: mart.aggregate on the real figures, and on made-up ones."""

import csv
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from tests.warehouse.test_boundaries.conftest import POPULATION
from tests.warehouse.test_boundaries.test_harmonised import put, report

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]

VALUE = "select value, quality from mart.aggregate(?, ?, ?) where group_code = ? and period = ?"


def people_of_2016() -> dict[str, int]:
    """Municipality -> people on 1 January 2016, as reported."""
    path = POPULATION / "ssb_population_1jan_as_reported_2016_2020_2023.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == "2016"]
    return {row["kommunenummer"]: int(row["population_1jan"]) for row in rows}


def test_a_county_is_the_sum_of_whoever_had_its_ground_at_the_time(ask: Ask) -> None:
    """Narvik and Hamarøy of 2016 are estimates; Nordland is none. Tjeldsund left it in 2020."""
    reported = people_of_2016()
    nordland = sum(people for code, people in reported.items() if code.startswith("18"))
    assert nordland == 241_906
    assert ask(VALUE, "population", "county", 2019, "18", "2016") == [(nordland, "summed")]
    without = nordland - reported["1852"]
    assert ask(VALUE, "population", "county", 2026, "18", "2016") == [(without, "summed")]


def test_a_group_whose_ground_is_not_covered_has_no_sum_and_says_what_is_known(ask: Ask) -> None:
    found = ask(
        "select value, municipalities_known, municipalities_in_group, quality, missing_reason"
        " from mart.aggregate('population', 'county', 2026)"
        " where group_name = 'Nordland' and period = '2010'"
    )
    reason = "do not cover the ground of the group: 39 of 41 municipalities have one"
    assert found == [(None, 39, 41, "not_comparable", f"the figures known {reason}")]


def test_sums_of_a_publisher_that_hold_a_divided_municipality_whole_add_up_with_all_its_parts(
    ask: Ask,
) -> None:
    """All of Stokke is in SSB's Sandefjord of 2010: right for Vestfold, wrong for a part of it."""
    assert ask(VALUE, "population", "county", 2026, "39", "2010") == [(224_820, "summed")]
    in_vestfold = ask(
        "select sum(value) from mart.observation where indicator_id = 'population'"
        " and period = '2010' and municipality_code like '39%'"
    )
    assert in_vestfold == [(224_820,)]
    found = ask(
        "select group_code, value, missing_reason"
        " from mart.aggregate('population', 'centrality_class', 2026)"
        " where group_code in ('1', '2') and period = '2010'"
    )
    whole = "a figure of the publisher holds a municipality whole of which the group has a part"
    assert found == [("1", 819_724, None), ("2", None, whole)]


@pytest.mark.parametrize("division", [1964, 1991, 2016, 2019, 2022, 2026])
def test_counties_and_the_country_have_everybody(ask: Ask, division: int) -> None:
    published = dict(
        ask(
            "select period, value from staging.observation where indicator_id = 'population'"
            " and region_kind = 'country' and value is not null"
        )
    )
    in_counties = dict(
        ask(
            "select period, round(sum(value)) from mart.aggregate('population', 'county', ?)"
            " group by period having count(value) = count(*)",
            division,
        )
    )
    country = dict(
        ask("select period, value from mart.aggregate('population', 'country', ?)", division)
    )
    years = {"2016", "2020", "2021", "2022", "2023", "2024", "2025", "2026"}
    assert years <= {period for period, value in country.items() if value is not None}
    assert all(published[year] == value for year, value in country.items() if value is not None)
    assert all(published[year] == value for year, value in in_counties.items())


def test_a_ratio_of_a_group_is_made_of_its_sums(ask: Ask) -> None:
    [(old, _)] = ask(VALUE, "population_80_plus", "county", 2026, "18", "2024")
    [(everybody, _)] = ask(VALUE, "population", "county", 2026, "18", "2024")
    [(share, quality)] = ask(VALUE, "population_80_plus_share", "county", 2026, "18", "2024")
    assert (share, quality) == (pytest.approx(100 * old / everybody), "recomputed")


def test_a_mean_of_a_group_is_weighted_by_its_weight(ask: Ask) -> None:
    rows = ask(
        "select need.value, people.value from mart.observation as need"
        " inner join mart.observation as people using (municipality_code, period)"
        " where need.indicator_id = 'expenditure_need' and people.indicator_id = 'population'"
        " and period = '2026' and municipality_code like '18%'"
    )
    mean = sum(need * people for need, people in rows) / sum(people for _, people in rows)
    found = ask(VALUE, "expenditure_need", "county", 2026, "18", "2026")
    assert found == [(pytest.approx(mean), "weighted")]


def test_what_can_be_neither_added_nor_averaged_is_missing_and_says_so(ask: Ask) -> None:
    found = ask(
        "select distinct value, missing_reason"
        " from mart.aggregate('median_household_income', 'county', 2026)"
    )
    assert found == [(None, "a figure of this kind can be neither added nor averaged")]


def test_groups_nobody_knows_are_refused(real: Connection) -> None:
    for by, year, sentence in (
        ("fylke", 2026, "There are no groups by 'fylke'; there are those by centrality_class, c"),
        ("kostra_group", 2019, "by kostra_group are known of the municipalities of today only"),
    ):
        with pytest.raises(duckdb.Error, match=sentence):
            real.execute("from mart.aggregate('population', ?, ?)", [by, year]).fetchall()


# --- made-up groups and figures ------------------------------------------------------------


@pytest.fixture
def con(map_with: Callable[..., Connection]) -> Connection:
    return map_with()


def group(con: Connection, code: str, members: list[str], **other: Any) -> None:
    for member in members:
        row = {"kind": "k", "group_code": code, "group_name": code, "municipality_code": member}
        dates = {"division": "2024-01-01", "valid_from_text": "", "valid_to": None}
        put(con, "group_member", row | dates | other)


def of_groups(con: Connection, day: str = "2026-01-01") -> dict[str, tuple[Any, ...]]:
    rows = con.execute(
        "select municipality_code, value, quality"
        " from core.harmonised(2026, kind := 'k', on_day := ?)",
        [day],
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_a_group_that_has_all_parts_of_a_divided_municipality_has_an_exact_sum(
    con: Connection,
) -> None:
    group(con, "both", ["1806", "1875"])
    group(con, "one", ["1806"])
    report(con, {"1805": 100, "1854": 10, "1849": 20, "1850": 8}, 2010)
    found = of_groups(con)
    assert found["both"] == (138, "summed")
    value, quality = found["one"]
    assert (value, quality) == (pytest.approx(110 + 8 * 0.4926, abs=0.01), "split_estimated")


def test_a_group_with_a_part_that_has_no_figure_has_no_sum(con: Connection) -> None:
    group(con, "both", ["1806", "1875"])
    report(con, {"1805": 100, "1854": 10, "1849": 20, "1850": None}, 2010)
    assert of_groups(con)["both"] == (None, "not_comparable")


def test_a_municipality_is_in_every_group_it_belongs_to_on_the_day(con: Connection) -> None:
    group(con, "old", ["0301"], valid_to="2024-12")
    group(con, "new", ["0301"], valid_from_text="2025")
    group(con, "always", ["0301", "4601"])
    report(con, {"0301": 5, "4601": 2}, 2026)
    assert of_groups(con, "2024-12-31") == {"old": (5, "summed"), "always": (7, "summed")}
    assert of_groups(con, "2025-01-01") == {"new": (5, "summed"), "always": (7, "summed")}
