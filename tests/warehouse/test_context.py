"""Figures about sectors and groups stand in a table of their own, and on no municipality."""

from flows.settings import Settings
from warehouse import publish


def test_the_ict_survey_is_there_by_sector(built: Settings) -> None:
    with publish.reading(built.warehouse) as con:
        shares = con.execute(
            "select year, value, unit from mart.context_observation"
            " where subject = 'shares open data' and breakdown['sector'] = 'municipalities'"
            " order by year"
        ).fetchall()
        sectors = con.execute(
            "select distinct breakdown['sector'] from mart.context_observation order by all"
        ).fetchall()
    assert shares == [(2023, 48.7, "percent"), (2024, 56.5, "percent")]
    assert sectors == [("central government",), ("county municipalities",), ("municipalities",)]


def test_nothing_copies_context_onto_a_municipality(built: Settings) -> None:
    with publish.reading(built.warehouse) as con:
        columns = {row[0] for row in con.execute("describe mart.context_observation").fetchall()}
        copied = con.execute(
            "select count(*) from mart.observation"
            " where table_id in (select table_id from mart.context_observation)"
        ).fetchall()
        fed = con.execute(
            "select count(*) from raw.indicator_origin"
            " where table_id in (select table_id from mart.context_observation)"
        ).fetchall()
    assert not columns & {"municipality_code", "municipality_name", "indicator_id"}
    assert copied == fed == [(0,)]
