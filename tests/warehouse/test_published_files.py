"""Figures that came as files, against the files themselves as pandas reads them."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from flows.settings import Settings
from sources import catalogue, files
from sources.catalogue.trait import Trait
from warehouse import models

Ask = Callable[..., list[tuple[Any, ...]]]


def read(name: str, **types: type) -> pd.DataFrame:
    """A shipped file, codes as text."""
    return pd.read_csv(files.FOLDER / name, dtype={"municipality_code": str, **types})


def in_mart(ask: Ask, indicator: str) -> pd.DataFrame:
    rows = ask(
        "select municipality_code, period, value from mart.observation"
        " where indicator_id = ? and value is not null",
        indicator,
    )
    return pd.DataFrame(rows, columns=["municipality_code", "period", "value"])


# --- care staff ------------------------------------------------------------------------------

CARE = "ssb_12292_care_fte_2015_2025.csv"
# Before these took in a neighbour whose own code is gone, the file has their part alone.
MERGED_INTO = {"1103": 2019, "5001": 2019}


def test_care_staff_of_each_year_is_the_files_but_where_a_merged_part_is_not_known(
    ask: Ask,
) -> None:
    given = read(CARE)
    alone = given["year"] <= given["municipality_code"].map(MERGED_INTO).fillna(0)
    given["year"] = given["year"].astype(str)
    kept = given[~alone].set_index(["municipality_code", "year"])["fte"]
    found = in_mart(ask, "care_fte").set_index(["municipality_code", "period"])["value"]
    assert found.to_dict() == kept.to_dict()
    assert kept.groupby(level=1).sum()[["2024", "2025"]].tolist() == [145_257, 148_553]


@pytest.mark.parametrize("code", ["0301", "1151", "1860", "4601", "5601"])
def test_care_staff_per_inhabitant_and_per_100_aged_80_is_what_a_calculator_says(
    ask: Ask, code: str
) -> None:
    given = read(CARE)
    staff = given[(given["municipality_code"] == code) & (given["year"] == 2025)]["fte"].item()
    people = dict(
        ask(
            "select indicator_id, value from mart.observation where period = '2025' and"
            " municipality_code = ? and indicator_id in ('population', 'population_80_plus',"
            " 'care_fte_per_1000', 'care_fte_per_100_aged_80', 'nurses_fte',"
            " 'nurses_per_100_care_fte')",
            code,
        )
    )
    expected = {
        "care_fte_per_1000": 1000 * staff / people["population"],
        "care_fte_per_100_aged_80": 100 * staff / people["population_80_plus"],
        "nurses_per_100_care_fte": 100 * people["nurses_fte"] / staff,
    }
    assert {name: people[name] for name in expected} == pytest.approx(expected)


# --- traits ----------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", catalogue.load().traits, ids=lambda trait: trait.id)
def test_every_trait_is_known_of_as_many_municipalities_as_its_file_has(
    ask: Ask, trait: Trait
) -> None:
    table = catalogue.load().table_by_id[trait.table]
    assert table.layout is not None
    given = pd.read_csv(files.FOLDER / table.layout.file, dtype=str, keep_default_na=False)
    said = given.set_index(table.layout.code)[trait.column]
    expected = {code: trait.values.get(cell, cell) for code, cell in said.items() if cell}
    rows = ask(
        "select municipality_code, reported_codes, value from mart.municipality_trait"
        " where trait_id = ? and value is not null",
        trait.id,
    )
    assert all({expected[code] for code in codes} == {value} for _, codes, value in rows)
    if table.division == 2024:
        assert {code: value for code, _, value in rows} == expected
    else:
        assert len(rows) > 300


@pytest.mark.parametrize(
    ("trait", "counted"),
    [
        ("email_platform", {"Microsoft 365": 351, "Google Workspace": 6}),
        ("email_federation", {"no": 342, "yes": 15}),
        ("email_gateway", {"no": 302, "yes": 55}),
        ("website_security_contact", {"no": 252, "yes": 97, None: 8}),
        (
            "case_archive_vendor",
            {None: 228, "Sikri Elements": 66, "Acos WebSak": 40, "Tietoevry Public 360": 23},
        ),
    ],
)
def test_a_trait_is_said_of_all_357_and_unknown_has_its_reason(
    ask: Ask, trait: str, counted: dict[str | None, int]
) -> None:
    rows = ask(
        "select value, missing_reason from mart.municipality_trait where trait_id = ?", trait
    )
    assert Counter(value for value, _ in rows) == counted
    assert all((value is None) == (reason is not None) for value, reason in rows)


def test_a_trait_that_is_a_number_too_says_the_same_in_both(ask: Ask) -> None:
    assert (
        ask(
            """
            select trait_id, municipality_code
            from mart.trait
            inner join mart.municipality_trait as own using (trait_id)
            left join mart.observation as figure using (indicator_id, municipality_code)
            where trait.indicator_id is not null
                and (own.value = 'yes') is distinct from (figure.value > 0)
            """
        )
        == []
    )
    assert ask("select count(*) from mart.trait where indicator_id is not null") == [(5,)]


def test_a_candidate_has_each_trait_that_is_no_indicator(ask: Ask) -> None:
    assert ask(
        "select email_platform, case_archive_vendor, website_host, website_security_txt"
        " from mart.case_candidate where municipality_code = '1106'"
    ) == [("Microsoft 365", "Acos WebSak", "stim-computing-as - advania norge as, no", 0.0)]


def test_municipalities_that_merge_keep_a_trait_only_where_they_agree(
    built: Settings, tmp_path: Path
) -> None:
    """Words made up in the codes of 2016."""
    copy = shutil.copy(built.warehouse, tmp_path)
    with duckdb.connect(str(copy)) as con:
        con.execute(
            """
            update raw.reply set division = '2016' where table_id = 'file_skytilsynet_case_archive';
            create temp table source as select any_value(reply_id) as reply_id
            from raw.reply where table_id = 'file_skytilsynet_case_archive';
            delete from raw.trait_value where trait_id = 'case_archive_vendor';
            insert into raw.trait_value
            select 'case_archive_vendor', code, value, null, '2016', reply_id
            from (values ('1001', 'A'), ('1017', 'A'), ('1018', 'A'), ('0706', 'A'), ('0719', 'B'),
                ('0720', 'A'), ('1534', 'A'), ('1103', 'A')) as said (code, value), source
            """
        )
        models.run_some(con, ["mart.municipality_trait"])
        found = con.execute(
            "select municipality_code, value, missing_reason from mart.municipality_trait"
            " where trait_id = 'case_archive_vendor'"
            " and municipality_code in ('4204', '3907', '1580', '1103', '0301')"
        ).fetchall()
    assert {code: (value, reason) for code, value, reason in found} == {
        "4204": ("A", None),
        "1580": ("A", None),
        "3907": (None, "the municipalities it has ground of differ: A, B"),
        "1103": (None, "not known of every municipality it has ground of"),
        "0301": (None, "the source does not say: not known, which is not none"),
    }


# --- adoption --------------------------------------------------------------------------------

SOCIAL_ASSISTANCE = "file_nav_digisos"


def test_199_opened_and_two_left_and_a_divided_one_is_two_today(ask: Ask) -> None:
    rows = ask("from mart.adoption where table_id = ?", SOCIAL_ASSISTANCE)
    assert len(rows) == 199 + 1  # Ålesund of 2020 is Ålesund and Haram
    left = ask(
        "select municipality_code, adopted_on::varchar, left_on::varchar from mart.adoption"
        " where left_on is not null order by 1"
    )
    assert left == [("4601", "2018-04-24", "2020-05-26"), ("5526", "2020-03-26", "2020-03-26")]
    parts = "select municipality_code, reported_codes from mart.adoption where is_part_of_adopter"
    assert sorted(ask(parts)) == [("1508", ["1507"]), ("1580", ["1507"])]


@pytest.mark.parametrize(
    ("code", "day", "under"),
    [
        ("0301", "2018-04-24", "0301"),
        ("1108", "2018-11-21", "1102"),
        ("1579", "2019-08-27", "1548"),
        ("3101", "2019-09-10", "0101"),
        ("1120", "2020-04-02", "1120"),
    ],
)
def test_a_municipality_opened_on_the_day_it_or_its_predecessor_was_first_listed(
    ask: Ask, code: str, day: str, under: str
) -> None:
    query = (
        "select adopted_on::varchar, listed_under from mart.adoption where municipality_code = ?"
    )
    assert ask(query, code) == [(day, under)]


def test_after_2019_who_is_not_in_the_list_is_unknown_and_not_outside(ask: Ask) -> None:
    counted = ask(
        "select period, count(*) filter (value = 1), count(*) filter (value = 0)"
        " from mart.observation where indicator_id = 'digital_social_assistance'"
        " group by all order by all"
    )
    assert counted == [("2018", 22, 333), ("2019", 117, 238), ("2020", 196, 0)]
    assert ask(
        "select count(*), count(missing_reason) from mart.observation"
        " where indicator_id = 'digital_social_assistance' and value is null and period = '2019'"
    ) == [(2, 2)]


def test_the_curve_of_the_country_is_the_count_of_events(ask: Ask) -> None:
    curve = ask(
        "select on_day::varchar, municipalities, adopters"
        " from mart.adoption_curve('file_nav_digisos', 'country') order by on_day"
    )
    assert curve[-1] == ("2020-10-27", 357, 198)
    for day, municipalities, adopters in curve:
        counted = ask(
            "select count(*) from mart.adoption where adopted_on <= ?::date"
            " and (left_on is null or left_on > ?::date)",
            day,
            day,
        )
        assert (municipalities, [(adopters,)]) == (357, counted)
    by_class = ask("select * from mart.adoption_curve('file_nav_digisos', 'centrality_class')")
    assert {row[0] for row in by_class} == set("123456")


def test_a_grouping_or_an_innovation_that_is_not_there_is_refused(ask: Ask) -> None:
    with pytest.raises(duckdb.Error, match="moon is no grouping"):
        ask("from mart.adoption_curve('file_nav_digisos', 'moon')")
    with pytest.raises(duckdb.Error, match=r"fax is not in mart\.adoption"):
        ask("from mart.adoption_curve('fax', 'country')")


# --- accessibility ---------------------------------------------------------------------------


def test_the_earlier_days_of_the_register_are_counted_as_the_register_itself_is(ask: Ask) -> None:
    """On the last day both ways are there: the input's own counts, and the statements."""
    inputs = Path(__file__).parents[2] / "recordings" / "inputs" / "digital"
    given = pd.read_csv(
        inputs / "uutilsynet_by_municipality_2026-03-04_to_2026-06-01.csv",
        dtype={"municipality_code": str},
    )
    given["in_breach"] = given["with_breach_count"] - given["without_breaches"]
    for indicator, column in (
        ("accessibility_statements", "statements"),
        ("accessibility_breaches", "breaches_total"),
        ("accessibility_statements_in_breach", "in_breach"),
    ):
        found = in_mart(ask, indicator).set_index(["municipality_code", "period"])["value"]
        assert (
            found.to_dict() == given.set_index(["municipality_code", "snapshot"])[column].to_dict()
        )
    total = in_mart(ask, "accessibility_statements").groupby("period")["value"].sum()
    assert total.to_dict() == {
        "2026-03-04": 5345,
        "2026-04-01": 5434,
        "2026-05-01": 5483,
        "2026-06-01": 5530,
    }


# --- money -----------------------------------------------------------------------------------


def test_free_income_is_the_ministrys_in_kroner_for_all_357(ask: Ask) -> None:
    given = read("kdd_free_income_2027.csv").set_index("municipality_code")
    for indicator, column, period in (
        ("free_income", "free_income_2026_nok", "2026"),
        ("free_income", "free_income_2027_nok", "2027"),
        ("free_income_growth", "growth_2026_2027_pct", "2026-10-07"),
        ("tax_index", "tax_index", "2026-10-07"),
        ("population_1_july", "population_2026_07_01", "2026-07-01"),
    ):
        found = in_mart(ask, indicator)
        found = found[found["period"] == period].set_index("municipality_code")["value"]
        assert found.to_dict() == given[column].to_dict()
        assert len(found) == 357
    amounts = given[["free_income_2026_nok", "free_income_2027_nok", "population_2026_07_01"]]
    assert amounts.sum().tolist() == [455_795_068_005, 478_253_578_001, 5_636_995]


@pytest.mark.parametrize(
    ("code", "per_inhabitant"),
    [("0301", 77_746), ("5546", 139_521), ("1151", 230_835), ("3424", 104_663), ("4601", 76_864)],
)
def test_free_income_per_inhabitant_is_the_amount_over_the_people_of_1_july(
    ask: Ask, code: str, per_inhabitant: int
) -> None:
    query = (
        "select value from mart.observation where period = '2026' and municipality_code = ?"
        " and indicator_id = 'free_income_budget_per_inhabitant'"
    )
    assert ask(query, code) == [(per_inhabitant,)]


def test_the_wrong_free_income_of_kvaenangen_is_missing_with_its_reason(ask: Ask) -> None:
    [(value, reason)] = ask(
        "select value, missing_reason from mart.observation where municipality_code = '5546'"
        " and indicator_id = 'free_income_per_inhabitant' and period = '2024'"
    )
    assert value is None
    assert "the ministry's own for 2026 is 139 521" in reason


def test_stays_in_robek_are_those_of_the_register_under_the_code_of_today(ask: Ask) -> None:
    given = read("kdd_robek_stays_2001_2016.csv")
    [(stays, ended)] = ask(
        "select count(*), count(left_on) from (select distinct reported_code, entered_on, left_on"
        " from mart.robek_stay)"
    )
    assert (stays, ended) == (len(given), given["left_on"].notna().sum())
    moss = ask(
        "select reported_code, entered_on::varchar, left_on::varchar from mart.robek_stay"
        " where municipality_code = '3103' order by entered_on"
    )
    assert ("0104", "2003-02-18", "2007-07-09") in moss
    listed = in_mart(ask, "robek_year_end").groupby("period")["value"].agg(["sum", "count"])
    assert listed.index.tolist() == [str(year) for year in range(2001, 2017)]
    assert not ask("from mart.robek_stay where reported_code in ('0402', '0425', '1811')")


# --- travel time -----------------------------------------------------------------------------


def test_travel_time_over_a_merger_is_the_mean_by_population(ask: Ask) -> None:
    minutes = read("travel_time_region_type_2016.csv").set_index("municipality_code")
    people = dict(ask("select code, population from staging.population_reported where year = 2016"))
    parts = ["1001", "1017", "1018"]
    expected = sum(minutes["minutes_to_oslo"][p] * people[p] for p in parts) / sum(
        people[p] for p in parts
    )
    rows = ask(
        "select value, quality from mart.observation where indicator_id = 'travel_time_to_oslo'"
        " and municipality_code in ('4204', '0301') order by municipality_code"
    )
    assert rows == [
        (minutes["minutes_to_oslo"]["0301"], "reported"),
        (pytest.approx(expected), "weighted"),
    ]


def test_every_class_says_of_which_year_its_edition_is(ask: Ask) -> None:
    years = {"centrality": 2024, "economic_region": 2024, "kostra_group": 2024}
    assert ask("select distinct class_years from mart.municipality") == [(years,)]


# --- cooperation -----------------------------------------------------------------------------


def test_child_welfare_is_64_cooperations_of_204_municipalities_and_none_is_called_ict(
    ask: Ask,
) -> None:
    counted = ask(
        "select field, count(distinct cooperation_id), count(distinct municipality_code)"
        " from mart.cooperation_membership where field = 'child_welfare' group by all"
    )
    assert counted == [("child_welfare", 64, 204)]
    assert not ask(
        "select municipality_code from mart.case_candidate"
        " where list_contains([x[1:6] for x in cooperations], 'bufdi')"
    )


def test_shared_mail_servers_are_a_sign_and_never_a_membership(ask: Ask) -> None:
    signs = ask(
        "select host, grade, count(*), any_value(municipalities) from mart.ict_service_sign"
        " group by all order by count(*) desc, host"
    )
    assert all(count == municipalities for _, _, count, municipalities in signs)
    assert {(host, grade, count) for host, grade, count, _ in signs} >= {
        ("hedmark-ikt.no", "cooperation_host", 9),
        ("009d3c02.gslb.pphosted.com", "shared_tenant", 11),
        ("hc1299-98.c3s2.iphmx.com", "shared_tenant", 6),
        ("vtds.in.tmes.trendmicro.eu", "shared_tenant", 6),
        ("mailanyone.net", "shared_provider", 14),
    }
    known = ask(
        "select distinct cooperation_ids from mart.ict_service_sign where host = 'hedmark-ikt.no'"
    )
    assert known == [(["indigo_ikt"],)]
