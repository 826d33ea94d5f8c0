"""The class of a municipality: from one day to another, and the one in force in its columns."""

from collections.abc import Sequence
from datetime import date

import duckdb
import pytest

from flows.settings import Settings
from warehouse import models, publish

MODEL = models.MODELS / "2_core" / "33_municipality_class.sql"
Row = tuple[str, str, str, str, str | None, str]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        """
        create schema raw;
        create table raw.source_table as
            select * from (values ('klass', 'klass'), ('a_file', 'file')) as t (table_id, kind);
        create table raw.reply as
            select * from (values ('k1', 'klass'), ('k2', 'klass'), ('f', 'a_file'))
                as t (reply_id, table_id);
        create table raw.classification (
            scheme text, municipality_code text, class_code text, class_name text,
            valid_from date, valid_to date, reply_id text
        );
        """
    )
    return con


def spells(con: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> list[tuple[object, ...]]:
    con.executemany("insert into raw.classification values (?, ?, ?, 'invented', ?, ?, ?)", rows)
    models.run(con, models.read_model(MODEL))
    return con.execute(
        "select class_code, valid_from, valid_to, table_id from core.municipality_class"
        " order by classification, municipality_code, valid_from"
    ).fetchall()


def test_years_that_follow_one_another_with_one_class_are_one_interval(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = spells(
        con,
        [
            ("centrality", "1124", "03", "2022-01-01", "2023-01-01", "k1"),
            ("centrality", "1124", "03", "2023-01-01", "2024-01-01", "k1"),
            ("centrality", "1124", "02", "2024-01-01", "2025-01-01", "k2"),
            ("centrality", "1124", "02", "2025-01-01", None, "k2"),
        ],
    )
    assert found == [
        ("03", date(2022, 1, 1), date(2024, 1, 1), "klass"),
        ("02", date(2024, 1, 1), None, "klass"),
    ]


def test_a_class_that_was_left_and_taken_again_is_two_intervals(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = spells(
        con,
        [
            ("centrality", "1124", "03", "2020-01-01", "2021-01-01", "k1"),
            ("centrality", "1124", "02", "2021-01-01", "2022-01-01", "k1"),
            ("centrality", "1124", "03", "2022-01-01", None, "k1"),
        ],
    )
    assert [row[0] for row in found] == ["03", "02", "03"]


def test_a_year_that_is_not_known_is_not_bridged(con: duckdb.DuckDBPyConnection) -> None:
    found = spells(
        con,
        [
            ("centrality", "1124", "03", "2020-01-01", "2021-01-01", "k1"),
            ("centrality", "1124", "03", "2023-01-01", None, "k1"),
        ],
    )
    assert [row[1:3] for row in found] == [
        (date(2020, 1, 1), date(2021, 1, 1)),
        (date(2023, 1, 1), None),
    ]


def test_a_file_counts_only_for_what_klass_was_not_asked(con: duckdb.DuckDBPyConnection) -> None:
    found = spells(
        con,
        [
            ("centrality", "1124", "3", "2024-01-01", None, "f"),
            ("centrality", "1124", "02", "2024-01-01", None, "k1"),
            ("economic_region", "1124", "11002", "2024-01-01", None, "f"),
        ],
    )
    assert [(row[0], row[3]) for row in found] == [("02", "klass"), ("11002", "a_file")]


def test_the_columns_of_a_municipality_are_its_classes_in_force(built: Settings) -> None:
    with publish.reading(built.warehouse) as con:
        apart = con.execute(
            """
            select municipality.municipality_code
            from mart.municipality as municipality
            inner join mart.municipality_class as class using (municipality_code)
            where class.valid_from <= municipality.valid_on
                and coalesce(class.valid_before > municipality.valid_on, true)
                and class.class_code is distinct from case class.classification
                    when 'county' then municipality.county_code
                    when 'economic_region' then municipality.economic_region_code
                    when 'kostra_group' then municipality.kostra_group
                    when 'centrality' then municipality.centrality_class::varchar
                end
            """
        ).fetchall()
        counted = con.execute(
            "select classification, count(*) from mart.municipality_class group by all order by all"
        ).fetchall()
    assert apart == []
    schemes = ("centrality", "county", "economic_region", "kostra_group")
    assert counted == [(scheme, 357) for scheme in schemes]


def test_the_last_known_class_is_carried_until_the_classes_of_a_new_year_are_known(
    damaged: duckdb.DuckDBPyConnection,
) -> None:
    """The county follows from the code, whatever is known of counties."""
    before = damaged.execute("from core.municipality order by all").fetchall()
    damaged.execute(
        "update core.municipality_class set valid_to = date '2026-01-01' where valid_to is null"
    )
    [model] = [each for each in models.read_models() if each.table == "core.municipality"]
    models.run(damaged, model)
    assert damaged.execute("from core.municipality order by all").fetchall() == before
    damaged.execute("delete from core.municipality_class where classification = 'county'")
    models.run(damaged, model)
    counties = "select distinct county_name from core.municipality where county_code = '46'"
    assert damaged.execute(counties).fetchall() == [("Vestland",)]
