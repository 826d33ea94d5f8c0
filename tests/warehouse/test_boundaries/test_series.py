"""Any indicator on the division of any year: mart.series on the real figures."""

from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import models

Connection = duckdb.DuckDBPyConnection
SHORT = (
    "select municipality_code, value, quality, reported_codes"
    " from mart.series(?, ?) where period = ?"
)


def series(
    con: Connection, indicator: str, division: int, period: str
) -> dict[str, tuple[Any, ...]]:
    """Municipality -> (value, quality, reported codes)."""
    rows = con.execute(SHORT, [indicator, division, period]).fetchall()
    assert len({row[0] for row in rows}) == len(rows), "a municipality twice"
    return {row[0]: row[1:] for row in rows}


@pytest.mark.thorough
def test_every_indicator_on_todays_division_is_what_mart_observation_has(real: Connection) -> None:
    today = real.execute("select max(year(valid_on)) from mart.municipality").fetchall()[0][0]
    for (indicator,) in real.execute("select indicator_id from mart.indicator").fetchall():
        differ = f"""
            with ours as materialized (
                select * exclude (division_year) from mart.series('{indicator}', {today})
            ),
            kept as (from mart.observation where indicator_id = '{indicator}')
            (from ours except from kept) union all (from kept except from ours)
        """
        assert real.execute(differ).fetchall() == [], indicator


def test_the_municipalities_of_2019_have_their_own_codes_and_names(real: Connection) -> None:
    names = dict(
        real.execute(
            "select municipality_code, municipality_name from mart.series('population', 2019)"
            " where period = '2016'"
        ).fetchall()
    )
    assert len(names) == 422
    assert (names["1504"], names["1850"]) == ("Ålesund", "Tysfjord")
    assert "1508" not in names


def test_a_merger_of_2018_is_summed_and_a_later_one_is_not_made_yet(real: Connection) -> None:
    in_2016 = series(real, "population", 2019, "2016")
    assert in_2016["0710"][1:] == ("split_estimated", ["0706", "0719", "0720"])
    assert in_2016["5054"] == (6644 + 3531, "summed", ["1624", "1718"])
    assert in_2016["1534"] == (9200, "reported", ["1534"])
    assert in_2016["5001"] == (187353, "recoded", ["1601"])


@pytest.mark.parametrize("division", [1964, 1990, 2013, 2016, 2019, 2020, 2024])
def test_on_any_division_the_country_has_its_people(real: Connection, division: int) -> None:
    published = real.execute(
        "select period, value from staging.observation"
        " where indicator_id = 'population' and region_kind = 'country' and value is not null"
    ).fetchall()
    complete = dict(
        real.execute(
            "select period, round(sum(value), 6) from mart.series('population', ?)"
            " group by period having count(value) = count(*)",
            [division],
        ).fetchall()
    )
    compared = [period for period, people in published if complete.get(period) == people]
    assert compared == [period for period, _ in published if period in complete]
    if division >= 2013:
        assert {"2016", "2020", "2021", "2022", "2023", "2024", "2025", "2026"} <= set(complete)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(division=st.integers(1964, 2026), period=st.sampled_from(["2016", "2020", "2024", "2026"]))
def test_what_is_not_estimated_is_the_sum_of_the_reported_codes(
    real: Connection, division: int, period: str
) -> None:
    reported = dict(
        real.execute(
            "select reported_code, value from staging.observation"
            " where indicator_id = 'population' and division = 'own' and period = ?",
            [period],
        ).fetchall()
    )
    for value, quality, codes in series(real, "population", division, period).values():
        if quality in {"reported", "recoded", "summed"} and set(codes) <= set(reported):
            assert value == sum(reported[code] for code in codes)


@pytest.mark.parametrize("division", [2016, 2019, 2022])
def test_a_ratio_is_made_again_of_its_parts_on_that_division(
    real: Connection, division: int
) -> None:
    share = series(real, "population_80_plus_share", division, "2022")
    old = series(real, "population_80_plus", division, "2022")
    everybody = series(real, "population", division, "2022")
    assert len(share) == len(everybody) > 350
    for code, (value, _, codes) in share.items():
        assert value == pytest.approx(100 * old[code][0] / everybody[code][0])
        assert set(codes) == set(old[code][2]) | set(everybody[code][2])


@pytest.mark.parametrize(
    ("code", "old", "everybody", "share"),
    [("3905", 2405, 51637, 4.658), ("3907", 2758, 63414, 4.349)],
)
def test_a_ratio_has_both_its_parts_from_the_same_ground(
    real: Connection, code: str, old: int, everybody: int, share: float
) -> None:
    """SSB puts all of Stokke in Sandefjord in 2016; our own estimate shares it out."""
    query = (
        "select value, quality, warnings from mart.observation where indicator_id ="
        " 'population_80_plus_share' and municipality_code = ? and period = '2016'"
    )
    [(value, quality, warnings)] = real.execute(query, [code]).fetchall()
    assert value == pytest.approx(100 * old / everybody)
    assert round(value, 3) == share
    assert (quality, warnings) == ("recomputed", ["break_in_series"])


def test_a_ratio_whose_parts_are_of_different_ground_is_missing_and_says_so(
    damaged: Connection,
) -> None:
    damaged.execute(
        "update core.observation_reported set value = null where reported_code = '3905'"
        " and series_id = 'population@ssb_07459@current' and period = '2016'"
    )
    found = damaged.execute(
        "select value, quality, missing_reason from mart.series('population_80_plus_share', 2026)"
        " where municipality_code = '3905' and period = '2016'"
    ).fetchall()
    assert found == [(None, "not_comparable", "its two parts are not of the same ground")]


def test_a_mean_that_can_be_carried_is_weighted_by_its_weight(real: Connection) -> None:
    need = series(real, "expenditure_need", 2024, "2026")
    people = series(real, "population", 2024, "2026")
    parts = [(need[code][0], people[code][0]) for code in ("1508", "1580")]
    mean = sum(value * weight for value, weight in parts) / sum(weight for _, weight in parts)
    together = series(real, "expenditure_need", 2020, "2026")
    assert together["1507"] == (pytest.approx(mean), "weighted", ["1508", "1580"])


def test_what_cannot_be_carried_is_not_comparable(real: Connection) -> None:
    found = series(real, "median_household_income", 2019, "2024")
    assert found["5030"] == (None, "not_comparable", ["5001"])
    assert found["0301"][1:] == ("reported", ["0301"])
    scores = series(real, "website_quality_score", 2020, "2013")
    assert scores["1507"][:2] == (None, "not_comparable")


def test_who_is_not_in_a_register_now_was_so_only_where_the_ground_is_the_same(
    real: Connection,
) -> None:
    query = (
        "select value, quality, status from mart.series('robek', 2019) where municipality_code = ?"
    )
    assert real.execute(query, ["0301"]).fetchall() == [(0, "reported", "not listed")]
    assert [row[:2] for row in real.execute(query, ["1504"]).fetchall()] == [
        (None, "not_comparable")
    ]


def test_a_publishers_sum_that_holds_a_divided_municipality_is_shared_out_on_no_division(
    real: Connection,
) -> None:
    """SSB's Sandefjord of 2010 has all of Stokke in it."""
    assert series(real, "population", 2019, "2010")["0710"] == (59414, "summed", ["3907"])
    before = series(real, "population", 2016, "2010")
    assert [before[code][0] for code in ("0706", "0719", "0720")] == [None, None, None]


def test_a_zero_that_stands_for_missing_is_missing(damaged: Connection) -> None:
    """Nobody has published that Oslo has no people, nor that it has no nurses."""
    damaged.execute("update staging.observation set value = 0 where reported_code = '0301'")
    model = next(models.MODELS.glob("2_core/*_observation_reported.sql"))
    models.run(damaged, models.read_model(model))
    assert series(damaged, "population", 2019, "2024")["0301"][0] is None
    assert series(damaged, "nurses_fte", 2019, "2024")["0301"][0] == 0


def test_a_file_with_names_and_no_codes_is_placed_whole_and_lands_on_todays_division(
    real: Connection,
) -> None:
    """Nkom's household coverage: capitals, two HERØY, the division of 2020."""
    query = "select reported_codes, value from mart.observation where indicator_id = ?"
    found = real.execute(query, ["broadband_fibre_coverage"]).fetchall()
    assert len(found) == 357
    assert len({code for codes, _ in found for code in codes}) == 356
    assert [codes for codes, value in found if value is None] == [["1507"], ["1507"]]
    assert (
        real.execute("from mart.refused_row where table_id = 'file_nkom_2022h1'").fetchall() == []
    )


def test_an_unknown_indicator_or_year_is_refused_with_the_nearest(real: Connection) -> None:
    with pytest.raises(duckdb.Error, match="called 'populaton'; the nearest is population"):
        real.execute("from mart.series('populaton', 2019)").fetchall()
    for year in (1837, 1963, 2101):
        with pytest.raises(duckdb.Error, match=f"known for {year}: .* is 1964, the last 2100"):
            real.execute(f"from mart.series('population', {year})").fetchall()


def test_the_macro_says_what_it_gives(real: Connection) -> None:
    [(comment, parameters)] = real.execute(
        "select comment, parameters from duckdb_functions()"
        " where schema_name = 'mart' and function_name = 'series'"
    ).fetchall()
    assert comment.startswith("an indicator of a municipality in a period")
    assert parameters == ["indicator", "division"]
