"""Sums over merged municipalities have the same last digit on any number of threads.

Figures between 1 and 10^16 are made up, for which a sum of the same numbers in another order is
another number, and the parts of a municipality lie far from each other, so that threads meet them
in an order that differs from build to build.
"""

import shutil
from pathlib import Path

import duckdb
import pytest

from flows.settings import Settings

# 422 municipalities of 2019 in 1 200 periods: half a million figures, four groups of rows.
FIGURES = """
create table made_up as
select
    series.series_id,
    crosswalk.from_code as reported_code,
    '2019-' || n as period,
    2019 as year,
    10 ** (2 * (crosswalk.from_code::integer % 9)) * sqrt(1 + n) as value,
    null::varchar as status,
    'made_up' as reply_id,
    'reported' as given_as,
    false as holds_divided,
    null::varchar[] as together
from core.crosswalk as crosswalk
cross join range(1200) as periods (n)
cross join (
    select series_id from core.published_series where indicator_id = 'population' limit 1
) as series
where crosswalk.from_date = crosswalk.to_date
    and crosswalk.from_date = (select division from core.division_year where year = 2019)
order by crosswalk.from_code, n;
drop table core.observation_reported;
create table core.observation_reported as from made_up
"""
TODAY = "from core.harmonised(2026) where quality = 'summed'"


@pytest.fixture
def con(small_home: Settings, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A copy of the small warehouse with the made-up figures alone."""
    con = duckdb.connect(str(shutil.copy(small_home.warehouse, tmp_path)))
    con.execute(FIGURES)
    return con


def test_sums_are_the_same_to_the_last_digit_on_any_number_of_threads(
    con: duckdb.DuckDBPyConnection,
) -> None:
    merged = f"select max(len(reported_codes)) >= 5, count(*) > 40_000 {TODAY}"
    assert con.execute(merged).fetchall() == [(True, True)]
    digests = set()
    for threads in (1, 2, 4):
        con.execute(f"set threads = {threads}")
        digest = f"select bit_xor(hash(municipality_code, period, value)) {TODAY}"
        digests |= set(con.execute(digest).fetchall())
    assert len(digests) == 1
