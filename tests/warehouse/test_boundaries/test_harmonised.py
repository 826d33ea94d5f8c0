"""Reported figures carried to one division: core.harmonised."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def con(map_with: Callable[..., Connection]) -> Connection:
    return map_with()


def report(con: Connection, figures: dict[str, float | None], year: int, **other: Any) -> None:
    """Reports one indicator, `i` unless told, for some municipalities in one year."""
    series = {
        "series_id": other.get("series_id", other.get("indicator_id", "i")),
        "indicator_id": "i",
        "table_id": "made_up",
        "division": "own",
        "preference": 1,
        "aggregation": "sum",
        "weight_indicator_id": None,
    }
    figure = {
        "series_id": series["series_id"],
        "period": str(year),
        "year": year,
        "status": None,
        "given_as": "reported",
        "holds_divided": False,
    }
    assert set(other) <= set(series) | set(figure), "no such field"
    con.execute("delete from core.published_series where series_id = ?", [series["series_id"]])
    put(con, "published_series", series | {k: v for k, v in other.items() if k in series})
    figure |= {k: v for k, v in other.items() if k in figure}
    for code, value in figures.items():
        row = {"reported_code": code, "value": value, "reply_id": f"reply-{code}"}
        put(con, "observation_reported", figure | row)


def put(con: Connection, table: str, row: dict[str, Any]) -> None:
    named = ", ".join(f"${name} as {name}" for name in row)
    con.execute(f"insert into core.{table} by name select {named}", row)


def harmonised(con: Connection, division: int, indicator: str = "i") -> dict[str, tuple[Any, ...]]:
    """Municipality -> (value, quality, reported codes)."""
    rows = con.execute(
        "select municipality_code, value, quality, reported_codes"
        " from core.harmonised(?, indicators := [?])",
        [division, indicator],
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows), "a municipality twice"
    return {row[0]: row[1:] for row in rows}


def test_a_figure_in_its_own_code_is_reported(con: Connection) -> None:
    report(con, {"0301": 7}, 2016)
    assert harmonised(con, 2024) == {"0301": (7, "reported", ["0301"])}


def test_a_figure_under_an_earlier_code_of_the_same_municipality_is_recoded(
    con: Connection,
) -> None:
    report(con, {"5041": 3}, 2022)
    report(con, {"1736": 2}, 2016)
    rows = con.sql(
        "select municipality_code, period, quality from core.harmonised(2024) order by period"
    ).fetchall()
    assert rows == [("5041", "2016", "recoded"), ("5041", "2022", "reported")]


def test_counts_of_merged_municipalities_are_summed(con: Connection) -> None:
    report(con, {"1504": 10, "1523": 20, "1529": 30, "1546": 40, "1534": 5}, 2019)
    assert harmonised(con, 2024) == {
        "1508": (100, "summed", ["1504", "1523", "1529", "1546"]),
        "1580": (5, "recoded", ["1534"]),
    }


@pytest.mark.parametrize("missing", [{"1546": None}, {}], ids=["NULL", "no row"])
def test_a_merged_municipality_with_a_part_missing_has_no_figure(
    con: Connection, missing: dict[str, float | None]
) -> None:
    report(con, {"1504": 10, "1523": 20, "1529": 30} | missing, 2019)
    value, quality, _ = harmonised(con, 2024)["1508"]
    assert (value, quality) == (None, "not_comparable")


def test_a_divided_municipality_is_estimated_and_says_so(con: Connection) -> None:
    report(con, {"1507": 67866}, 2022)
    found = harmonised(con, 2024)
    assert found["1508"][:2] == (pytest.approx(58509), "split_estimated")
    assert found["1580"][:2] == (pytest.approx(9357), "split_estimated")


def test_a_count_over_a_split_without_published_parts_is_not_comparable(con: Connection) -> None:
    report(con, {"1131": 100, "1133": 50}, 1964)
    assert harmonised(con, 1965)["1133"][:2] == (None, "not_comparable")


def test_a_rate_is_carried_one_to_one_and_no_further(con: Connection) -> None:
    report(con, {"1504": 0.1, "1523": 0.1, "1529": 0.1, "1546": 0.1}, 2019, aggregation="none")
    report(con, {"1534": 0.2}, 2019, aggregation="none")
    found = harmonised(con, 2024)
    assert found["1508"][:2] == (None, "not_comparable")
    assert found["1580"][:2] == (0.2, "recoded")


def test_a_rate_of_a_divided_municipality_is_not_given_to_its_parts(con: Connection) -> None:
    report(con, {"1507": 0.1}, 2022, aggregation="none")
    assert {row[1] for row in harmonised(con, 2024).values()} == {"not_comparable"}


def test_a_mean_is_weighted_by_its_declared_weight(con: Connection) -> None:
    people = {"1624": 6000, "1718": 2000}
    report(con, people, 2016, indicator_id="people")
    report(
        con,
        {"1624": 10, "1718": 30},
        2016,
        aggregation="weighted_mean",
        weight_indicator_id="people",
    )
    assert harmonised(con, 2024)["5054"] == (15, "weighted", ["1624", "1718"])


def test_a_mean_is_weighted_in_its_own_division_whatever_table_the_weight_is_in(
    con: Connection,
) -> None:
    """The codes 1508 and 1580 of a table made up today, of a year in which there was 1507."""
    report(con, {"1507": 1}, 2022, series_id="own", indicator_id="people")
    later = {"series_id": "summed", "indicator_id": "people", "preference": 2, "period": "2022"}
    report(con, {"1508": 6000, "1580": 2000}, 2024, **later)
    mean = {"aggregation": "weighted_mean", "weight_indicator_id": "people", "period": "2022"}
    report(con, {"1508": 10, "1580": 30}, 2024, **mean)
    assert harmonised(con, 2020) == {"1507": (15, "weighted", ["1508", "1580"])}


def test_the_people_of_todays_trondheim_do_not_weigh_the_trondheim_without_klaebu(
    con: Connection,
) -> None:
    report(con, {"5001": 300, "5030": 100}, 2019, series_id="own", indicator_id="people")
    later = {"series_id": "summed", "indicator_id": "people", "preference": 2, "period": "2019"}
    report(con, {"5001": 400}, 2024, **later)
    mean = {"aggregation": "weighted_mean", "weight_indicator_id": "people"}
    report(con, {"5001": 10, "5030": 30}, 2019, **mean)
    assert harmonised(con, 2024) == {"5001": (15, "weighted", ["5001", "5030"])}


def test_a_mean_whose_weight_is_missing_is_not_comparable(con: Connection) -> None:
    report(con, {"1624": 6000}, 2016, indicator_id="people")
    report(
        con,
        {"1624": 10, "1718": 30},
        2016,
        aggregation="weighted_mean",
        weight_indicator_id="people",
    )
    assert harmonised(con, 2024)["5054"][:2] == (None, "not_comparable")


def test_a_figure_under_the_old_and_the_new_code_is_counted_once(con: Connection) -> None:
    report(con, {"1736": 2, "5041": 2}, 2016)
    assert harmonised(con, 2024) == {"5041": (2, "recoded", ["1736"])}


def test_the_figure_under_the_code_in_force_is_preferred(con: Connection) -> None:
    report(con, {"1507": 100, "1504": 1, "1523": 2, "1529": 3, "1534": 4, "1546": 5}, 2019)
    found = harmonised(con, 2024)
    assert (found["1508"][0], found["1580"][0]) == (11, 4)


def test_a_figure_under_the_new_code_alone_is_used(con: Connection) -> None:
    report(con, {"5054": 9, "1624": None, "1718": None}, 2016)
    assert harmonised(con, 2024) == {"5054": (9, "reported", ["5054"])}


def test_of_two_codes_out_of_their_years_the_nearest_is_used(con: Connection) -> None:
    report(con, {"5430": 4, "5612": 5}, 2016)
    assert harmonised(con, 2024) == {"5612": (4, "recoded", ["5430"])}


def test_a_code_that_never_was_is_left_out(con: Connection) -> None:
    report(con, {"9999": 4, "0301": 5}, 2016)
    assert set(harmonised(con, 2024)) == {"0301"}


def test_figures_of_today_are_carried_back_to_an_old_division(con: Connection) -> None:
    report(con, {"1508": 54947, "1580": 7}, 2024)
    found = harmonised(con, 2019)
    assert found["1534"][:2] == (7, "recoded")
    assert found["1504"][:2] == (pytest.approx(46747), "split_estimated")


def test_a_sum_that_holds_a_divided_municipality_goes_only_where_the_ground_is_the_same(
    con: Connection,
) -> None:
    """The publisher's 1508 of 2020-2023 has Haram in it, and so would every share of it."""
    report(con, {"1508": 66258}, 2026, given_as="summed", holds_divided=True)
    assert harmonised(con, 2024) == {"1508": (66258, "summed", ["1508"])}
    assert {row[:2] for row in harmonised(con, 2019).values()} == {(None, "not_comparable")}
    report(con, {"1508": 56250}, 2026, indicator_id="j", given_as="summed")
    assert harmonised(con, 2019, "j")["1504"][1] == "split_estimated"


def test_a_sum_the_publisher_could_not_make_is_not_comparable(con: Connection) -> None:
    report(con, {"1580": None}, 2026, given_as="summed", holds_divided=True)
    assert harmonised(con, 2024) == {"1580": (None, "not_comparable", ["1580"])}


def test_a_publishers_sum_stays_summed_under_another_code(con: Connection) -> None:
    report(con, {"3907": 59414, "0301": 7}, 2026, given_as="summed")
    assert harmonised(con, 2020) == {
        "3804": (59414, "summed", ["3907"]),
        "0301": (7, "summed", ["0301"]),
    }


def test_projections_are_in_the_division_of_today(con: Connection) -> None:
    report(con, {"1580": 9999}, 2050)
    assert harmonised(con, 2026)["1580"][:2] == (9999, "reported")


def test_the_status_of_a_missing_part_is_kept(con: Connection) -> None:
    report(con, {"1624": 1}, 2016)
    report(con, {"1718": None}, 2016, status=":")
    assert con.sql("select status from core.harmonised(2024)").fetchall() == [(":",)]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    year=st.integers(1964, 2026),
    division=st.integers(1992, 2026),
    people=st.lists(st.integers(0, 10**6), min_size=1, max_size=50),
)
def test_no_head_is_lost_or_counted_twice(
    con: Connection, year: int, division: int, people: list[int]
) -> None:
    con.execute("truncate core.observation_reported")
    report(con, {}, year)
    codes = con.execute(
        "select distinct code from core.division_piece inner join core.division_year"
        " using (division) where year = ? order by code",
        [year],
    ).fetchall()
    figures = {code: float(people[at % len(people)]) for at, (code,) in enumerate(codes)}
    con.execute(
        "insert into core.observation_reported"
        " select 'i', code, $year::varchar, $year, value, null, 'r', 'reported', false, null"
        " from (select unnest($codes) as code, unnest($values) as value)",
        {"year": year, "codes": list(figures), "values": list(figures.values())},
    )
    rows = con.execute(
        "select reported_codes, value, quality from core.harmonised(?)", [division]
    ).fetchall()
    assert {code for row in rows for code in row[0]} == set(figures)
    if all(quality != "not_comparable" for _, _, quality in rows):
        assert round(sum(value for _, value, _ in rows), 3) == sum(figures.values())
    for sources, value, quality in rows:
        if quality in {"reported", "recoded", "summed"}:
            assert value == sum(figures[code] for code in sources)
