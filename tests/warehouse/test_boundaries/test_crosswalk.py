"""The change graph and the crosswalk, held against what SSB has published."""

from collections.abc import Callable
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.test_boundaries.conftest import Connection, build, load_staging

YEARS = st.integers(1964, 2026)

WAY = """
    select from_code, to_code, relation, weight, weight_basis
    from core.crosswalk
    where from_date = (select division from core.division_year where year = ?)
        and to_date = (select division from core.division_year where year = ?)
    order by from_code, to_code
"""


def way(con: Connection, from_year: int, to_year: int) -> dict[str, dict[str, float | None]]:
    """Shares of every municipality of one year in those of another."""
    shares: dict[str, dict[str, float | None]] = {}
    for from_code, to_code, _, weight, _ in con.execute(WAY, [from_year, to_year]).fetchall():
        shares.setdefault(from_code, {})[to_code] = weight
    return shares


def kinds(con: Connection, code: str, on: str) -> dict[str, tuple[list[str], list[str]]]:
    rows = con.execute(
        "select kind, old_codes, new_codes from core.change_event"
        " where changed_on = ? and list_contains(old_codes || new_codes, ?)",
        [on, code],
    ).fetchall()
    return {kind: (old, new) for kind, old, new in rows}


# --- events ------------------------------------------------------------------------------------


def test_five_rows_of_one_merger_are_one_event(con: Connection) -> None:
    merged = ["1504", "1523", "1529", "1534", "1546"]
    assert kinds(con, "1507", "2020-01-01") == {"merger": (merged, ["1507"])}


def test_a_new_name_is_a_rename_and_no_boundary_change(con: Connection) -> None:
    assert kinds(con, "1736", "2011-01-01") == {"rename": (["1736"], ["1736"])}
    assert con.sql("from core.division where valid_from = date '2011-01-01'").fetchall() == []


def test_a_county_change_is_a_recode(con: Connection) -> None:
    assert kinds(con, "1567", "2019-01-01") == {"recode": (["1567"], ["5061"])}


def test_a_county_in_brackets_coming_and_going_is_no_event(con: Connection) -> None:
    assert kinds(con, "0545", "2015-01-01") == {}


def test_a_divided_municipality_stands_in_its_split_and_in_the_mergers(con: Connection) -> None:
    assert kinds(con, "5012", "2020-01-01")["split"] == (["5012"], ["5055", "5056", "5059"])
    assert kinds(con, "5056", "2020-01-01")["merger"] == (["5012", "5013"], ["5056"])


def test_a_code_given_to_another_on_the_day_it_is_laid_down_moves_no_ground(
    con: Connection,
) -> None:
    """Masfjorden went from 1265 to 1266; Fedje, which left Austrheim, was given the 1265."""
    assert kinds(con, "1265", "1948-01-01") == {
        "recode": (["1265"], ["1266"]),
        "split": (["1264"], ["1264", "1265"]),
    }


def test_land_that_goes_to_a_neighbour_is_a_transfer_and_no_split(
    map_with: Callable[..., Connection],
) -> None:
    con = map_with(
        ("2025-01-01", "3118", "Indre Østfold", "3118", "Indre Østfold"),
        ("2025-01-01", "3118", "Indre Østfold", "3207", "Nordre Follo"),
    )
    assert kinds(con, "3118", "2025-01-01") == {"transfer": (["3118"], ["3207"])}
    assert way(con, 2024, 2026)["3118"] == {"3118": 1}
    assert con.sql("select max(valid_from) from core.division").fetchall() == [(date(2024, 1, 1),)]


def test_land_that_leaves_while_the_county_number_changes_is_a_transfer_too(
    map_with: Callable[..., Connection],
) -> None:
    con = map_with(("2024-01-01", "3014", "Indre Østfold", "3207", "Nordre Follo"))
    assert "transfer" in kinds(con, "3207", "2024-01-01")
    assert way(con, 2023, 2024)["3014"] == {"3118": 1}


def test_the_number_of_municipalities_is_the_known_one(con: Connection) -> None:
    known = {1964: 525, 1974: 443, 1978: 454, 1993: 439, 2002: 434, 2016: 428}
    known |= {2017: 426, 2018: 422, 2019: 422, 2020: 356, 2024: 357, 2026: 357}
    for year, municipalities in known.items():
        assert len(way(con, year, year)) == municipalities, year


# --- detours and splits ------------------------------------------------------------------------


def test_old_haram_comes_back_as_new_haram_not_as_half_of_alesund(con: Connection) -> None:
    shares = way(con, 2019, 2024)
    assert shares["1534"] == {"1580": 1}
    assert [shares[code] for code in ("1504", "1523", "1529", "1546")] == [{"1508": 1}] * 4
    assert way(con, 2024, 2019)["1580"] == {"1534": 1}


def test_municipalities_dissolved_in_the_sixties_come_back_as_themselves(con: Connection) -> None:
    shares = way(con, 1964, 1977)
    assert (shares["0518"], shares["0519"]) == ({"0516": 1}, {"0519": 1})
    assert [shares[code] for code in ("1526", "1527", "1529")] == [
        {"1526": 1},
        {"1523": 1},
        {"1529": 1},
    ]


def test_alesund_of_2020_is_divided_by_the_people_of_2024(con: Connection) -> None:
    rows = {row[1]: row for row in con.execute(WAY, [2020, 2024]).fetchall() if row[0] == "1507"}
    assert rows["1508"][2:] == ("one-to-many", 58509 / 67866, "population 1 January 2024")
    assert rows["1580"][2:] == ("one-to-many", 9357 / 67866, "population 1 January 2024")


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("1850", {"1806": 972, "1875": 1002}),
        ("5012", {"5055": 83, "5056": 366, "5059": 529}),
    ],
)
def test_a_part_is_what_the_neighbours_do_not_account_for(
    con: Connection, code: str, parts: dict[str, int]
) -> None:
    people = {"1850": 1974, "5012": 978}[code]
    shares = way(con, 2019, 2020)[code]
    assert {to: round(people * (share or 0)) for to, share in shares.items()} == parts


def test_a_split_nobody_published_the_parts_of_has_no_weights(con: Connection) -> None:
    assert way(con, 1964, 1965)["1131"] == {"1130": None, "1133": None}


def test_published_parts_are_what_a_municipality_is_divided_by(con: Connection) -> None:
    """Varteig: 12 of 2 182 came to Rakkestad, the others to Sarpsborg (SSB, Rapporter 99/13)."""
    for year in (1964, 1986, 1991):
        assert way(con, year, 2026)["0114"] == {"3105": 2170 / 2182, "3120": 12 / 2182}
    assert way(con, 1991, 1992)["0114"] == {"0105": 2170 / 2182, "0128": 12 / 2182}


def test_a_split_is_weighed_by_the_last_people_known_before_it(con: Connection) -> None:
    """Snillfjord, first 1613 and then 5012, with people of 2019 that are made up."""
    of_2016 = (
        "select map_from_entries(list((code, population))) from staging.population_reported"
        " where year = 2016"
    )
    [(people,)] = con.execute(of_2016).fetchall()
    now = {"5011": "1612", "5012": "1613", "5013": "1617", "5016": "1622"}
    now |= {"5023": "1636", "5024": "1638", "1571": "1571"}
    later = {code: people[before] for code, before in now.items()} | {"5011": people["1612"] - 60}
    with duckdb.connect() as fresh:
        load_staging(fresh)
        for code, number in later.items():
            fresh.execute(
                "insert into staging.population_reported values (?, 2019, ?)", [code, number]
            )
        build(fresh)
        shares = [way(fresh, year, 2026)[code] for year, code in ((1990, "1613"), (2019, "5012"))]
        basis = fresh.execute(
            "select distinct weight_basis from core.crosswalk where from_code in ('1613', '5012')"
            " and to_date = '2024-01-01'"
        ).fetchall()
    assert basis == [("population 1 January 2019, divided by that of 2020",)]
    assert shares[0] == shares[1]
    assert (shares[0]["5055"] or 0) > (way(con, 2019, 2026)["5012"]["5055"] or 1)


def test_backwards_a_merged_municipality_is_divided_by_its_parts(con: Connection) -> None:
    shares = way(con, 2024, 2019)["1508"]
    assert shares["1504"] == 46747 / 54947


# --- properties, of every division and not of a few --------------------------------------------


@settings(max_examples=40, deadline=None)
@given(from_year=YEARS, to_year=YEARS, people=st.lists(st.integers(0, 10**7), min_size=1))
def test_mapping_then_summing_keeps_every_head(
    con: Connection, from_year: int, to_year: int, people: list[int]
) -> None:
    shares = way(con, from_year, to_year)
    counts = {code: people[at % len(people)] for at, code in enumerate(shares)}
    whole = {code for code, targets in shares.items() if len(targets) == 1}
    carried = sum(counts[code] * (share or 0) for code in whole for share in shares[code].values())
    assert carried == sum(counts[code] for code in whole)
    for code in set(shares) - whole:
        known = [share for share in shares[code].values() if share is not None]
        assert not known or round(sum(counts[code] * share for share in known)) == counts[code]


def test_from_every_division_to_every_other_each_municipality_goes_whole_and_once(
    con: Connection,
) -> None:
    """So a count is kept exactly, whatever the figures: nobody is left out and nobody doubled."""
    pairs = con.execute("select count(*) from core.division as one cross join core.division")
    assert pairs.fetchall() == [(24 * 24,)]
    assert (
        con.execute(
            """
            with municipality as (
                select distinct division, code from core.division_piece
            ),
            carried as (
                select from_date, from_code, to_date, count(*) as targets, count(weight) as known,
                    fsum(weight) as weights, bool_and(weight > 0) as is_positive
                from core.crosswalk
                group by all
            )
            select municipality.code, municipality.division, goal.valid_from
            from municipality
            cross join core.division as goal
            left join carried
                on carried.from_code = municipality.code
                and carried.from_date = municipality.division
                and carried.to_date = goal.valid_from
            where carried.targets is null
                or carried.known not in (0, carried.targets)
                or not carried.is_positive
                or if(carried.targets = 1, carried.weights is distinct from 1,
                    abs(carried.weights - 1) > 1e-12)
            """
        ).fetchall()
        == []
    )


def test_every_division_carried_to_itself_is_itself(con: Connection) -> None:
    assert (
        con.execute(
            "from core.crosswalk where from_date = to_date and (from_code <> to_code"
            " or relation <> 'one-to-one' or weight is distinct from 1 or weight_basis <> 'whole')"
        ).fetchall()
        == []
    )
    municipalities = "select sum(municipalities) from core.division"
    rows = "select count(*) from core.crosswalk where from_date = to_date"
    assert con.execute(municipalities).fetchall() == con.execute(rows).fetchall()


def test_two_steps_lead_where_one_does_when_nothing_is_divided_between(con: Connection) -> None:
    """For every three divisions, in any order, and every municipality of the first."""
    [(compared, different)] = con.execute(
        """
        with whole as (
            from core.crosswalk where relation in ('one-to-one', 'many-to-one')
        )
        select
            count(*),
            count(*) filter (direct.weight is distinct from first.weight * second.weight)
        from whole as first
        inner join whole as second
            on second.from_date = first.to_date and second.from_code = first.to_code
        left join core.crosswalk as direct
            on direct.from_date = first.from_date
            and direct.from_code = first.from_code
            and direct.to_date = second.to_date
            and direct.to_code = second.to_code
        """
    ).fetchall()
    assert compared > 24**3 * 300
    assert different == 0


def test_forwards_and_backwards_are_the_same_ground(con: Connection) -> None:
    assert (
        con.execute(
            """
            select from_date, from_code, to_date, to_code, pieces, relation from core.crosswalk
            except
            select to_date, to_code, from_date, from_code, pieces,
                split_part(relation, '-to-', 2) || '-to-' || split_part(relation, '-to-', 1)
            from core.crosswalk
            """
        ).fetchall()
        == []
    )


def test_a_code_has_at_most_one_meaning_on_any_day_since_1838(con: Connection) -> None:
    overlapping = con.execute(
        """
        select one.code, one.name, other.name
        from core.municipality_version as one
        inner join core.municipality_version as other
            on other.code = one.code
            and (other.valid_from, other.name) > (one.valid_from, one.name)
            and other.valid_from < coalesce(one.valid_to, date 'infinity')
        """
    ).fetchall()
    assert overlapping == []
    backwards = "from core.municipality_version where valid_to <= valid_from"
    assert con.execute(backwards).fetchall() == []
