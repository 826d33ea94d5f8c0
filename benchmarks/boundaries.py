"""Time of the municipal map: every division to every other, and ten million figures carried.

`python -m benchmarks.boundaries`. The map is the real one; the figures carried are made up, one
for every municipality in the codes of its own year, 2005-2026, of 1 120 indicators. Tables are in
memory. Time is the best of three, the one that other work on the machine disturbed least.
"""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from warehouse import boundaries, models

INPUTS = Path(__file__).parents[1] / "recordings" / "inputs"
INDICATORS = 1120
RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    """The best time of a piece of work."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def line(what: str, taken: float, aim: float) -> str:
    verdict = "met    " if taken <= aim else "NOT MET"
    return f"{verdict} {what:58}{taken:7.2f} s, aim {aim:g} at most"


def staged() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    population = INPUTS / "population"
    con.execute(f"""
        create schema staging;
        create table staging.klass_change as
            select changeOccurred::date as changed_on, from_code as old_code,
                from_label as old_name, to_code as new_code, to_label as new_name
            from read_csv('{INPUTS}/klass/klass_131_changes_full.csv', all_varchar = true);
        create table staging.klass_code as
            select code.code, code.name, date '2026-01-01' as valid_on
            from (select unnest(codes) as code
                from read_json('{INPUTS}/klass/klass_131_codesAt_2026-01-01.json'));
        create table staging.population_publisher_sum as
            select kom2024 as code, aar::integer as year,
                nullif(befolkning, '0')::bigint as population
            from read_csv('{population}/ssb_07459_total_1986_2026.csv', all_varchar = true);
        create table staging.population_reported as
            select kommunenummer as code, year::integer as year,
                population_1jan::bigint as population
            from read_csv('{population}/ssb_population_1jan_as_reported_2016_2020_2023.csv',
                all_varchar = true)
            union all
            select code, year, population
            from staging.population_publisher_sum where year >= 2024;
        create table staging.codelist_value_map
            (codelist varchar, code varchar, source_code varchar);
    """)
    return con


def report_everything(con: duckdb.DuckDBPyConnection) -> int:
    """Makes up figures for every municipality in its own codes, 2005-2026; returns how many."""
    con.execute(f"""
        create table core.published_series as
        select 'indicator_' || indicator as series_id, series_id as indicator_id,
            'made_up' as table_id, 'own' as division, 1 as preference, 'sum' as aggregation,
            null::varchar as weight_indicator_id
        from range({INDICATORS}) as indicators (indicator);
        create table core.observation_reported as
        select series_id, code as reported_code, year::varchar as period, year,
            (hash(series_id, code, year) % 100000)::double as value, null::varchar as status,
            'reply_' || (hash(series_id) % 50) as reply_id, 'reported' as given_as,
            false as holds_divided
        from core.published_series
        cross join (select distinct year, code from core.division_piece
            inner join core.division_year using (division) where year between 2005 and 2026)
    """)
    row = con.execute("select count(*) from core.observation_reported").fetchone()
    return int(row[0]) if row else 0


def main() -> None:
    """Prints measured times, one a line."""
    con = staged()
    ours = [m for m in models.read_models() if m.schema == "core" and m.path.name[0] == "2"]

    def draw_the_map() -> None:
        for model in ours:
            models.run(con, model)

    def carry(to: str) -> Callable[[], object]:
        return lambda: con.execute(f"create or replace table carried as from core.harmonised({to})")

    print(
        line("change graph and crosswalk, all divisions since 1964", seconds(draw_the_map), aim=1)
    )
    figures = report_everything(con)
    models.run_macros(con, next(models.MODELS.glob("2_core/*_harmonised.macro.sql")))
    for year in (2024, 2019):
        taken = seconds(carry(str(year)))
        print(line(f"{figures:,} figures carried to the division of {year}", taken, aim=5))
    one = seconds(carry("2019, indicators := ['indicator_7']"))
    print(line("one indicator of these, asked for by itself", one, aim=0.5))
    print(
        line(
            "a municipality looked up by name",
            seconds(lambda: boundaries.find(con, "Ålesund")),
            0.5,
        )
    )


if __name__ == "__main__":
    main()
