"""People carried to today against SSB's own sums; a disagreement is a fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warehouse.test_boundaries.conftest import Connection

CHECKS = Path(__file__).parents[3] / "warehouse" / "checks"

NATIONAL = {2016: 5213985, 2020: 5367580, 2021: 5391369, 2022: 5425270, 2023: 5488984}


# --- against SSB -------------------------------------------------------------------------------


def carried_to_today(con: Connection, year: int) -> dict[str, tuple[float, int | None, bool]]:
    """Municipality of today -> (people carried from the codes of `year`, SSB's sum, estimated)."""
    rows = con.execute(
        """
        select way.to_code, sum(reported.population * way.weight),
            any_value(published.population), bool_or(way.weight < 1)
        from staging.population_reported as reported
        inner join core.division_year on division_year.year = reported.year
        inner join core.crosswalk as way
            on way.from_date = division_year.division
            and way.from_code = reported.code
            and way.to_date = (select max(valid_from) from core.division)
        left join staging.population_publisher_sum as published
            on published.year = reported.year and published.code = way.to_code
        where reported.year = ?
        group by way.to_code
        """,
        [year],
    ).fetchall()
    return {code: (people, published, split) for code, people, published, split in rows}


@pytest.mark.parametrize("year", NATIONAL)
def test_people_carried_to_today_equal_ssb_wherever_no_split_lies_between(
    con: Connection, year: int
) -> None:
    carried = carried_to_today(con, year)
    assert len(carried) == 357
    different = {
        code
        for code, (ours, theirs, _) in carried.items()
        if theirs is None or round(ours) != theirs
    }
    split = {code for code, (_, _, is_split) in carried.items() if is_split}
    assert different == split
    whole = [people for people, _, is_split in carried.values() if not is_split]
    assert all(people == int(people) for people in whole)


@pytest.mark.parametrize(("year", "people"), NATIONAL.items())
def test_people_carried_to_today_add_to_the_national_figure(
    con: Connection, year: int, people: int
) -> None:
    assert round(sum(ours for ours, _, _ in carried_to_today(con, year).values()), 6) == people


def test_every_municipality_where_we_and_ssb_differ_is_known(con: Connection) -> None:
    """A new one is news: it belongs in docs/boundaries.md, not in an exception."""
    differing = {
        year: {code for code, (_, _, split) in carried_to_today(con, year).items() if split}
        for year in NATIONAL
    }
    divided = {"1806", "1875", "3905", "3907", "5055", "5056", "5059"}
    alesund = {"1508", "1580"}
    assert differing == {2016: divided} | dict.fromkeys(range(2020, 2024), alesund)


def test_alesund_and_haram_together_are_what_ssb_puts_in_alesund_alone(con: Connection) -> None:
    carried = carried_to_today(con, 2020)
    assert carried["1508"][1:] == (66258, True)
    assert carried["1580"][1] is None
    assert round(carried["1508"][0]) == 57123
    assert round(carried["1508"][0] + carried["1580"][0], 6) == 66258


def test_ssb_puts_the_whole_of_stokke_in_sandefjord(con: Connection) -> None:
    carried = carried_to_today(con, 2016)
    assert carried["3907"][1] == 45820 + 5937 + 11657
    assert carried["3905"][1] == 42276 + 9361
    assert (round(carried["3905"][0]), round(carried["3907"][0])) == (53765, 61286)


def test_a_disagreement_with_statbanks_value_map_is_a_fault(
    map_with: Callable[..., Connection],
) -> None:
    con = map_with()
    con.executemany(
        "insert into staging.codelist_value_map values ('agg_KommSummer', ?, ?)",
        [("K-1580", "1534"), ("K-1508", "1507"), ("K-1508", "1504"), ("K-3907", "0720")],
    )
    check = (CHECKS / "boundaries_value_map.sql").read_text(encoding="utf-8")
    assert con.sql(check).fetchall() == []
    con.execute("insert into staging.codelist_value_map values ('agg_KommSummer','K-1508','1534')")
    assert con.sql(check).fetchall() == [("1508", "1534", "in valueMap, not in the crosswalk")]


def test_a_klass_code_the_graph_does_not_end_in_is_a_fault(
    map_with: Callable[..., Connection],
) -> None:
    con = map_with()
    con.execute("insert into staging.klass_code values ('1581', 'Ny kommune', '2026-01-01')")
    check = (CHECKS / "boundaries_today_is_klass.sql").read_text(encoding="utf-8")
    assert [row[0] for row in con.sql(check).fetchall()] == ["1581"]


def test_an_end_missing_from_the_graph_is_a_fault(map_with: Callable[..., Connection]) -> None:
    con = map_with(("2025-01-01", "1577", "Volda", "1599", "Ny-Volda"))
    con.execute("delete from core.division_piece where code = '1599'")
    check = (CHECKS / "boundaries_graph_is_whole.sql").read_text(encoding="utf-8")
    assert [row[1] for row in con.sql(check).fetchall()] == ["1599"]
