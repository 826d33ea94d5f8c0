"""A publisher's own figures of counties, made up: no table of the catalogue asks for them."""

import duckdb
import pytest

from warehouse import checks, functions, models

Connection = duckdb.DuckDBPyConnection

STAGING = models.read_model(models.MODELS / "1_staging" / "13_observation.sql").query
[CHECK] = [check for check in checks.read_checks() if check.name == "aggregate_county"]
MADE_UP = """
    insert into raw.observation
    select * replace (? as reported_code, ?::double as value) from raw.observation
    where indicator_id = 'population' and reported_code = 'country' and period = ?
"""


def test_a_row_with_two_digits_is_of_a_county_and_not_of_the_country(damaged: Connection) -> None:
    functions.make(damaged, STAGING)
    damaged.execute(MADE_UP, ["18", 1, "2026"])
    kinds = f"select reported_code, region_kind from ({STAGING}) where period = '2026'"
    found = damaged.execute(
        f"{kinds} and indicator_id = 'population' and region_kind <> 'municipality'"
    ).fetchall()
    assert sorted(found) == [("18", "county"), ("country", "country")]


@pytest.mark.parametrize(
    ("county", "period", "value", "faults"),
    [
        ("18", "2026", 243_272, 0),  # as its municipalities add up to
        ("18", "2026", 243_271, 1),
        ("18", "2016", 241_906, 0),  # with Tjeldsund, which is in Troms today: other ground
    ],
)
def test_a_county_is_held_against_its_municipalities_where_its_ground_is_that_of_today(
    damaged: Connection, county: str, period: str, value: int, faults: int
) -> None:
    functions.make(damaged, STAGING)
    damaged.execute(MADE_UP, [county, value, period])
    damaged.execute(f"create or replace temp table made_up as {STAGING}")
    damaged.execute(
        "insert into staging.observation by name from made_up where region_kind = 'county'"
    )
    assert len(damaged.execute(CHECK.query).fetchall()) == faults
