"""Corrections of published errors: applied where declared, until the publisher mends them."""

from collections.abc import Callable
from typing import Any

import duckdb

from warehouse import checks

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]

GUARD = next(check for check in checks.read_checks() if check.name == "corrections_still_needed")


def test_a_correction_is_applied_to_the_figures_it_declares_and_to_no_other(ask: Ask) -> None:
    declared = ask(
        """
        select observation.indicator_id, right(observation.reported_code, 4), observation.period
        from raw.observation as observation
        inner join raw.reply as reply using (reply_id)
        inner join raw.correction as correction
            on correction.table_id = reply.table_id
            and correction.reported_code = observation.reported_code
            and observation.period between correction.first_period and correction.last_period
        where observation.value = correction.published
        order by all
        """
    )
    applied = ask(
        "select indicator_id, reported_code, period from staging.observation"
        " where correction_id is not null order by all"
    )
    assert applied == declared
    # five codes from 1986 to 2019, Haram from 2020 to 2023, Kvænangen in 2024
    assert len(declared) == 5 * 34 + 4 + 1
    assert ask("select count(value) from staging.observation where correction_id is not null") == [
        (0,)
    ]


def test_the_figure_as_published_is_still_in_raw(ask: Ask) -> None:
    query = (
        "select value from raw.observation where indicator_id = 'population'"
        " and reported_code = 'K-1580' and period = '2021'"
    )
    assert ask(query) == [(0,)]


def test_a_corrected_figure_is_missing_and_says_why(remodelled: Connection) -> None:
    query = (
        "select indicator_id, value, missing_reason from mart.observation"
        " where indicator_id like 'nurses%' and municipality_code = '4601' and period = '2025'"
        " order by indicator_id"
    )
    assert remodelled.execute(query).fetchall() == [
        ("nurses_fte", None, "made up"),
        ("nurses_fte_per_1000", None, "made up"),
        ("nurses_per_100_care_fte", None, "made up"),
    ]
    others = (
        "select count(value) from mart.observation where indicator_id = 'nurses_fte'"
        " and municipality_code <> '4601' and period = '2025'"
    )
    assert remodelled.execute(others).fetchall() == [(356,)]


def test_a_figure_the_publisher_has_mended_is_let_through_and_told(
    remodelled: Connection,
) -> None:
    query = (
        "select value, correction_id from staging.observation where division = 'current'"
        " and indicator_id = 'population' and reported_code = '1806' and period = ?"
    )
    assert remodelled.execute(query, ["2019"]).fetchall() == [(21845, None)]
    assert remodelled.execute(query, ["2018"]).fetchall() == [
        (None, "sums_over_divided_municipalities_2020")
    ]
    result = checks.run(remodelled, GUARD)
    assert not result.blocks  # what the publisher mends stops nothing
    assert result.faults == 1
    assert "K-1806, population, 2019" in result.examples[0]
    assert "now published 21 845, was published 0" in result.examples[0]


def test_a_correction_that_is_still_needed_passes_its_guard(real: Connection) -> None:
    assert checks.run(real, GUARD).faults == 0
