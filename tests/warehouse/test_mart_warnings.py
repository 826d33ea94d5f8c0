"""Warnings and projections: what must be known of a figure stands beside it."""

import pytest

from sources.catalogue import WarningKind
from tests.warehouse.conftest import Ask, Connection

# --- warnings, wherever the figure is ----------------------------------------------------------


def test_warnings_are_of_the_fixed_vocabulary(ask: Ask) -> None:
    used = ask("select distinct unnest(warnings) from mart.observation")
    assert {word for (word,) in used} <= {str(word) for word in WarningKind}


@pytest.mark.parametrize(
    ("indicator", "period", "warnings"),
    [
        ("accessibility_updated_share", "2026-06-01", [["self_reported"]]),
        ("robek", "2026-04-20", [["intermediary"]]),
        ("website_quality_score", "2011", [["break_in_series"]]),
        ("net_debt", "2024", [["intermediary", "partial_coverage"]]),
        ("net_debt", "2025", [["intermediary", "partial_coverage", "preliminary"]]),
        ("nurses_fte", "2025", [[]]),
    ],
)
def test_every_figure_of_an_indicator_has_its_warnings(
    ask: Ask, indicator: str, period: str, warnings: list[list[str]]
) -> None:
    found = ask(
        "select distinct warnings from mart.observation where value is not null"
        " and indicator_id = ? and period = ?",
        indicator,
        period,
    )
    assert [list(row[0]) for row in found] == warnings


@pytest.mark.parametrize(
    ("table", "time", "its_time"),
    [
        ("municipality_year", "year", "year"),
        ("case_candidate", "latest_period[indicator_id]", "period"),
    ],
)
def test_a_wide_table_has_the_figures_of_observation_with_their_warnings(
    ask: Ask, table: str, time: str, its_time: str
) -> None:
    indicators = [row[0] for row in ask("select indicator_id from mart.indicator where is_asked")]
    long = f"unpivot mart.{table} on {', '.join(indicators)} into name indicator_id value value"
    different = ask(
        f"""
        with wide as (
            select indicator_id, municipality_code, {time} as time, value,
                coalesce(warnings[indicator_id], []) as warnings
            from ({long})
        ),
        figure as (
            select indicator_id, municipality_code, {its_time} as time, value, warnings
            from mart.observation where value is not null
            qualify row_number() over (
                partition by indicator_id, municipality_code, year order by period desc
            ) = 1
        )
        from wide left join figure using (indicator_id, municipality_code, time)
        where wide.value is distinct from figure.value or wide.warnings <> figure.warnings
        """
    )
    assert different == []
    [(cells,)] = ask(f"select count(*) from ({long})")
    assert cells > 5000


def test_a_ratio_has_the_warnings_of_the_two_it_is_made_of(remodelled: Connection) -> None:
    query = (
        "select period, list_distinct(flatten(list(warnings))) from mart.observation"
        " where indicator_id = 'nurses_fte_per_1000' group by period order by period"
    )
    assert remodelled.execute(query).fetchall() == [("2024", []), ("2025", ["preliminary"])]


def test_the_warnings_of_an_indicator_are_among_those_of_its_figures(ask: Ask) -> None:
    absent = ask(
        "select indicator_id, warnings from mart.indicator as indicator"
        " where is_asked"
        " and not list_has_all((select coalesce(flatten(list(distinct warnings)), [])"
        " from mart.observation where indicator_id = indicator.indicator_id), indicator.warnings)"
    )
    assert absent == []


def test_the_latest_figure_of_a_candidate_is_its_newest_that_is_no_future(ask: Ask) -> None:
    [(day,)] = ask("select max(as_of) from mart.reply")
    other = ask(
        """
        with newest as (
            select municipality_code, indicator_id, max(period) as period
            from mart.observation where value is not null and period_start <= ? group by all
        )
        select newest.*, latest_period[indicator_id] from newest
        inner join mart.case_candidate using (municipality_code)
        where latest_period[indicator_id] is distinct from newest.period
        """,
        day,
    )
    assert other == []
    assert ask(
        "select distinct latest_period['population'], latest_period['population_projection_main']"
        " from mart.case_candidate where population_projection_main is not null"
    ) == [("2026", "2026")]


def test_of_two_lists_in_a_year_the_later_stands_in_the_wide_tables(remodelled: Connection) -> None:
    long = (
        "select period, value, status from mart.observation where indicator_id = 'robek'"
        " and municipality_code = '4601' order by period"
    )
    assert remodelled.execute(long).fetchall() == [
        ("2026-01-15", 1, None),
        ("2026-04-20", 0, "not listed"),
    ]
    for table in ("municipality_year where year = 2026 and", "case_candidate where"):
        wide = f"select robek from mart.{table} municipality_code = '4601'"
        assert remodelled.execute(wide).fetchall() == [(0,)]


def test_accessibility_is_counted_from_the_statements_of_the_register(ask: Ask) -> None:
    query = """
        with counted as (
            select
                municipality_code,
                count(*) as accessibility_statements,
                sum(breaches) as accessibility_breaches,
                count(*) filter (breaches > 0) as accessibility_statements_in_breach,
                min(as_of - updated_on) as accessibility_newest_update_age,
                count(*) filter (updated_on + interval 1 year >= as_of)
                    as accessibility_statements_updated
            from raw.accessibility_statement
            inner join raw.organisation using (organisation_number)
            group by municipality_code
        )
        from (unpivot counted on columns(* exclude (municipality_code)) into
            name indicator_id value counted)
        inner join mart.observation using (indicator_id, municipality_code)
        select count(*), count(*) filter (counted <> value)
        where period = '2026-06-01'
    """
    assert ask(query) == [(5 * 357, 0)]


def test_no_statement_is_a_nought_and_an_unsaid_breach_no_number(remodelled: Connection) -> None:
    query = (
        "select indicator_id, value, status from mart.observation where municipality_code = '{}'"
        " and indicator_id in ('accessibility_statements', 'accessibility_breaches',"
        " 'accessibility_in_breach_share', 'accessibility_newest_update_age')"
        " and value is not null and period = '2026-06-01' order by all"
    )
    none_at_all = remodelled.execute(query.format("1811")).fetchall()
    assert none_at_all == [("accessibility_statements", 0, "not listed")]
    unsaid = dict(row[:2] for row in remodelled.execute(query.format("1812")).fetchall())
    assert unsaid.keys() == {"accessibility_statements", "accessibility_newest_update_age"}
    assert unsaid["accessibility_statements"] > 0


# --- projections -------------------------------------------------------------------------------


def test_projections_begin_at_the_population_and_lie_low_main_high(ask: Ask) -> None:
    faults = ask(
        """
        with projection as (
            pivot (
                from mart.observation select municipality_code, period, indicator_id, value
                where indicator_id in ('population', 'population_projection_low',
                    'population_projection_main', 'population_projection_high')
            ) on indicator_id using any_value(value)
        )
        from projection
        where not (population_projection_low <= population_projection_main
                and population_projection_main <= population_projection_high)
            or (period = '2026' and population_projection_main <> population)
        """
    )
    assert faults == []


def test_projections_of_each_alternative_reach_2050_for_the_municipalities_at_hand(
    ask: Ask,
) -> None:
    query = (
        "select indicator_id, first_period, last_period, municipalities, warnings"
        " from mart.indicator where theme = 'projections' and is_asked order by indicator_id"
    )
    warnings = ["estimated", "intermediary", "partial_coverage"]
    assert ask(query) == [
        (f"population_projection_{alternative}", "2026", "2050", 97, warnings)
        for alternative in ("high", "low", "main")
    ]
