"""Declared composites, of real indicators: held to the same arithmetic done in pandas."""

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import pytest
from scipy.stats import rankdata

from cli.catalog import list_indicators
from cli.describe import describe_table

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]

COMPOSITES = ["made_up_z", "made_up_min_max", "made_up_rank", "made_up_northern"]


def part(con: Connection, indicator: str, period: str) -> pd.Series:
    """The figures of an indicator in a period, by municipality, the missing ones left out."""
    rows = con.execute(
        "select municipality_code, value from mart.observation"
        " where indicator_id = ? and period = ? and value is not null",
        [indicator, period],
    ).fetchall()
    return pd.Series(dict(rows), dtype=float)


def parts(con: Connection, period: str) -> pd.DataFrame:
    """The three parts of the made-up composites, turned so that high stands for high.

    Tønsberg and Sandefjord have no growth: SSB's sums of ten years before are of other ground.
    """
    people = part(con, "population", period) / part(con, "population", str(int(period) - 10)) - 1
    people = people.drop(["3905", "3907"])
    return pd.DataFrame(
        {
            "growth": -100 * people,
            "nurses": part(con, "nurses_fte_per_1000", period),
            "fibre": -part(con, "broadband_fibre_coverage", "2022H1"),
        }
    )


def expected(con: Connection, composite: str, period: str) -> pd.Series:
    figures = parts(con, period)
    if composite == "made_up_z":
        scores = (figures - figures.mean()) / figures.std(ddof=1)
    elif composite == "made_up_min_max":
        scores = (figures - figures.min()) / (figures.max() - figures.min())
    else:
        ranks = figures.apply(lambda column: rankdata(column, nan_policy="omit"))
        scores = (ranks - 1) / (figures.count() - 1)
    weights = pd.Series({"growth": 2, "nurses": 1, "fibre": 1})
    present = scores.notna().astype(float) @ weights
    minimum = {"made_up_z": 0.6, "made_up_min_max": 0.25, "made_up_rank": 1}[composite]
    return ((scores.fillna(0) @ weights) / present)[present / 4 >= minimum]


@pytest.mark.parametrize(
    ("composite", "period"),
    [
        ("made_up_z", "2024"),
        ("made_up_z", "2025"),
        ("made_up_min_max", "2025"),
        ("made_up_rank", "2025"),
    ],
)
def test_a_composite_is_the_weighted_mean_of_its_parts(
    declared: Connection, composite: str, period: str
) -> None:
    found = part(declared, composite, period)
    assert len(found) > 340
    pd.testing.assert_series_equal(
        found.sort_index(), expected(declared, composite, period).sort_index(), check_names=False
    )


def test_scores_are_cut_and_the_result_is_stretched(declared: Connection) -> None:
    figures = pd.DataFrame(
        {
            "debt": -part(declared, "net_debt", "2024"),
            "reserve": part(declared, "disposable_reserve", "2024"),
        }
    )
    scores = ((figures - figures.mean()) / figures.std()).clip(-1.5, 1.5)
    index = (0.4 * scores["debt"] + 0.6 * scores["reserve"]).dropna()
    index = 100 * (index - index.min()) / (index.max() - index.min())
    found = part(declared, "made_up_northern", "2024")
    assert (found.min(), found.max()) == (0, 100)
    pd.testing.assert_series_equal(found.sort_index(), index.sort_index(), check_names=False)


def test_every_municipality_has_a_row_and_a_missing_one_names_the_parts_it_lacks(
    declared: Connection,
) -> None:
    rows = declared.execute(
        "select count(*), count(*) filter (value is null), any_value(missing_reason)"
        " filter (municipality_code = '0301'), count(missing_reason)"
        " from mart.observation where indicator_id = 'made_up_northern'"
    ).fetchone()
    assert rows is not None
    assert rows[0] == 357
    assert rows[1] == rows[3] > 270
    assert rows[2] == (
        "below the declared coverage of 100 % of the weight: no figure of net_debt,"
        " disposable_reserve"
    )


def test_coverage_counts_weights_and_not_parts(declared: Connection) -> None:
    # Narvik was made of a part of Tysfjord: its people of 2015 are not known, half of the weight
    found = declared.execute(
        "select indicator_id, value is not null, missing_reason from mart.observation"
        " where municipality_code = '1806' and period = '2025' and indicator_id like 'made_up%'"
        " order by indicator_id"
    ).fetchall()
    reason = "below the declared coverage of {} % of the weight: no figure of population"
    assert found == [
        ("made_up_min_max", True, None),
        ("made_up_rank", False, reason.format(100)),
        ("made_up_z", False, reason.format(60)),
    ]


def test_the_quality_is_that_of_the_weakest_part_and_warnings_are_those_of_all(
    declared: Connection,
) -> None:
    wrong = declared.execute(
        """
        with expected as (
            select municipality_code,
                max(list_position(core.quality_order(), quality)) as worst,
                flatten(list(warnings)) as warnings
            from mart.observation
            where value is not null and (
                (indicator_id = 'population' and period in ('2015', '2025'))
                or (indicator_id = 'nurses_fte_per_1000' and period = '2025')
                or (indicator_id = 'broadband_fibre_coverage' and period = '2022H1')
            )
            group by municipality_code
        )
        select count(*), count(distinct quality), count(*) filter (
            list_position(core.quality_order(), quality) <> worst
            or list_sort(composite.warnings)
                <> list_sort(list_distinct(expected.warnings || ['composite']))
        )
        from mart.observation as composite
        inner join expected using (municipality_code)
        where indicator_id = 'made_up_rank' and value is not null
        """
    ).fetchone()
    assert wrong is not None
    assert wrong[0] > 340
    assert wrong[2] == 0


@pytest.mark.parametrize("composite", COMPOSITES)
def test_the_recipe_stands_wherever_the_composite_does(
    declared: Connection, composite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    [(recipe, warnings, aggregate)] = declared.execute(
        "select recipe, warnings, aggregate from mart.indicator where indicator_id = ?",
        [composite],
    ).fetchall()
    assert recipe.startswith("declared composite: weighted mean of ")
    assert (aggregate, "composite" in warnings) == ("composite", True)
    for table in ("case_candidate", "municipality_year"):
        describe_table(declared, table, "csv")
        assert recipe in capsys.readouterr().out
    list_indicators(declared, composite, "csv")
    assert recipe in capsys.readouterr().out
    wide = declared.execute(f"select warnings['{composite}'] from mart.case_candidate").fetchall()
    assert all("composite" in row[0] for row in wide if row[0])


def test_a_recipe_names_every_choice(declared: Connection) -> None:
    [(recipe,)] = declared.execute(
        "select recipe from mart.indicator where indicator_id = 'made_up_z'"
    ).fetchall()
    assert recipe == (
        "declared composite: weighted mean of z-scores over all municipalities (sample standard"
        " deviation), of 2 x population, growth over 10 years, turned round; 1 x"
        " nurses_fte_per_1000; 1 x broadband_fibre_coverage, 2022H1, turned round. Missing unless"
        " parts with 60 % of the weight have a figure."
    )


def test_a_composite_on_todays_division_is_that_of_mart_observation(declared: Connection) -> None:
    query = "select * exclude (division_year) from mart.series('made_up_z', 2026) order by all"
    here = "select * from mart.observation where indicator_id = 'made_up_z' order by all"
    assert declared.execute(query).fetchall() == declared.execute(here).fetchall()


def test_on_an_earlier_division_it_is_made_anew_among_the_municipalities_there_were(
    declared: Connection,
) -> None:
    rows = declared.execute(
        "select period, count(*), count(value), abs(avg(value)) < 0.1"
        " from mart.series('made_up_min_max', 2019) group by all"
    ).fetchall()
    assert rows[0][:2] == ("2025", 422)


def test_no_composite_is_made_by_default(ask: Ask) -> None:
    assert ask("select count(*) from mart.indicator where aggregate = 'composite'") == [(0,)]
    assert ask(
        "select count(*) from mart.observation where list_contains(warnings, 'composite')"
    ) == [(0,)]
