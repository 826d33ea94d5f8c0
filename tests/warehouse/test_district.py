"""Definitions of a district municipality side by side, and the columns that are made of them."""

from collections.abc import Callable
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection
Ask = Callable[..., list[tuple[Any, ...]]]


def test_every_definition_says_in_or_out_of_every_municipality(ask: Ask) -> None:
    query = """
        select definition_id, count(*), count(*) filter (meets_definition),
            count(*) filter (meets_definition is null)
        from mart.district_definition group by all order by all
    """
    assert ask(query) == [
        ("action_zone", 357, 25, 0),
        ("centrality_4_6", 357, 65 + 104 + 108, 0),
        ("centrality_5_6", 357, 104 + 108, 0),
    ]


def test_a_row_says_on_what_it_rests_and_from_when(ask: Ask) -> None:
    query = (
        "select definition_id, meets_definition, basis, valid_from, described_in"
        " from mart.district_definition"
        " where municipality_name = ? order by all"
    )
    assert ask(query, "Alta") == [
        ("action_zone", True, "named in the list", "1990", "tiltakssone"),
        (
            "centrality_4_6",
            True,
            "centrality class 4",
            "2024",
            "kdd_distriktskommune_sentralitet456",
        ),
        ("centrality_5_6", False, "centrality class 4", "2024", "ssb_sentralitet"),
    ]


def test_every_definition_leads_to_its_row_in_the_register(ask: Ask) -> None:
    assert (
        ask(
            "select definition_id from mart.district_definition"
            " where described_in not in (select definition_id from raw.district_definition)"
        )
        == []
    )


def test_the_columns_elsewhere_are_those_of_the_one_table(ask: Ask) -> None:
    for table in ("municipality", "case_candidate"):
        assert (
            ask(
                f"""
                with wide as (
                    pivot (
                        select definition_id, municipality_code, meets_definition
                        from mart.district_definition
                    ) on definition_id in ('centrality_4_6', 'centrality_5_6', 'action_zone')
                    using any_value(meets_definition)
                )
                select municipality_code
                from mart.{table} as made
                full join wide using (municipality_code)
                where (is_district, is_district_5_6, in_action_zone)
                    is distinct from (centrality_4_6, centrality_5_6, action_zone)
                """
            )
            == []
        )


def test_a_declared_cut_is_one_definition_more(declared: Connection) -> None:
    found = declared.execute(
        """
        select municipality_code, meets_definition, basis, valid_from, definition.warnings,
            observation.value
        from mart.district_definition as definition
        inner join (from mart.observation where indicator_id = 'made_up_northern') as observation
            using (municipality_code)
        where definition_id = 'made_up_cut'
        """
    ).fetchall()
    assert len(found) == 357
    assert {row[3] for row in found} == {"2024"}
    for _, is_district, basis, _, warnings, value in found:
        assert is_district == (None if value is None else value < 50)
        assert basis.startswith("no figure: " if value is None else "made_up_northern ")
        assert "composite" in warnings
    assert {row[1] for row in found} == {True, False, None}
    inside = {row[0] for row in found if row[1]}
    listed = declared.execute(
        "select municipality_code from mart.case_candidate"
        " where list_contains(district_definitions, 'made_up_cut')"
    ).fetchall()
    assert {row[0] for row in listed} == inside


def test_no_cut_is_shipped(ask: Ask) -> None:
    assert ask("select count(*) from raw.district_rule where below is not null") == [(0,)]
