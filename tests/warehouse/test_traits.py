"""Traits, adoption and cooperation, against the files as pandas reads them."""

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
