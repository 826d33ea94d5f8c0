"""Unrevised or revised: KOSTRA comes in two editions, and only the day of update tells which."""

import duckdb
import pytest

from flows.settings import Settings
from warehouse import models, publish

STAGING = models.MODELS / "1_staging"


def stages(updated: str | None, years: range, *, is_kostra: bool = True) -> dict[str, str | None]:
    """What the model says of each year of a table updated at a moment."""
    con = duckdb.connect()
    con.execute("create schema raw; create schema staging")
    con.execute("create table raw.source_table as select 't' as table_id, ? as k", [is_kostra])
    con.execute("alter table raw.source_table rename column k to is_kostra")
    con.execute(
        "create table raw.reply as select 't' as table_id, ?::timestamptz as updated", [updated]
    )
    con.execute("create table raw.warning (subject_id text, warning text, period text)")
    con.execute("create table staging.observation (table_id text, period text, year int)")
    con.executemany(
        "insert into staging.observation values ('t', ?, ?)", [[str(y), y] for y in years]
    )
    for name in ("17_release_stage", "18_warning"):
        models.run(con, models.read_model(STAGING / f"{name}.sql"))
    found = con.execute("select period, release_stage from staging.release_stage").fetchall()
    warned = con.execute("select period from staging.warning").fetchall()
    assert {p for (p,) in warned} == {p for p, stage in found if stage == "unrevised"}
    return dict(found)


@pytest.mark.parametrize(
    ("updated", "newest"),
    [
        ("2026-03-16T07:00:00Z", "unrevised"),
        ("2026-04-22T06:00:00Z", "unrevised"),
        ("2026-06-14T22:30:00Z", "unrevised"),
        ("2026-06-15T06:00:00Z", "revised"),
        ("2026-09-01T06:00:00Z", "revised"),
        ("2027-01-12T07:00:00Z", "revised"),
        (None, None),
    ],
)
def test_the_newest_year_is_unrevised_from_march_to_june(
    updated: str | None, newest: str | None
) -> None:
    found = stages(updated, range(2023, 2026))
    assert found["2025"] == newest
    assert {found["2023"], found["2024"]} == {"revised" if updated else None}


def test_a_table_that_ended_in_march_stays_unrevised_in_its_last_year() -> None:
    assert stages("2024-03-15T07:00:00Z", range(2022, 2024)) == {
        "2022": "revised",
        "2023": "unrevised",
    }


def test_old_figures_that_are_mended_in_spring_are_revised_all_the_same() -> None:
    assert set(stages("2026-04-22T06:00:00Z", range(2020, 2023)).values()) == {"revised"}


def test_a_table_of_the_current_year_is_in_its_first_edition_until_june() -> None:
    assert stages("2026-03-16T07:00:00Z", range(2025, 2027)) == {
        "2025": "revised",
        "2026": "unrevised",
    }


def test_tables_that_are_not_kostra_have_no_edition() -> None:
    assert stages("2026-03-16T07:00:00Z", range(2024, 2026), is_kostra=False) == {}


def test_unrevised_figures_say_so_in_the_mart(built: Settings) -> None:
    with publish.reading(built.warehouse) as con:
        stage = con.execute(
            "select period, release_stage from mart.release_stage where table_id = 'ssb_12134'"
        ).fetchall()
        warned = con.execute(
            "select distinct list_contains(warnings, 'preliminary') from mart.observation"
            " where table_id = 'ssb_12134'"
        ).fetchall()
    assert stage == [("2025", "unrevised")]
    assert warned == [(True,)]
