"""Every data check can fail: each is shown a fault in a copy of the real warehouse."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from common.errors import ChecksFailedError, ModelError
from warehouse import checks, models

Connection = duckdb.DuckDBPyConnection

OBSERVED = (
    "mart.observation set value = {} where indicator_id = '{}' and municipality_code = '4601'"
)

# Check, damage, what the new fault must mention. Codes 9998 and 4699 are made up.
_INVENTED_COMPANY = (
    "insert into mart.intermunicipal_company (organisation_number, company_name, owners,"
    " share_total_pct, shares) values ({}, 'INVENTED IKS', {}, {}, '{}')"
)
# A figure of today as the newest vintage might have revised it.
REVISED = (
    "insert into mart.revision by name with now as (select * from mart.observation)"
    " select now.indicator_id, now.municipality_code, now.period, now.value as value_before,"
    " {0} as value_after, value_after - value_before as difference, 'revised' as change,"
    " now.table_id, (select max(started_at) from raw.refresh_run) as changed_at from now"
)
DAMAGE = [
    (
        "aggregate_national",
        "delete from core.group_member where kind = 'county' and municipality_code = '4601'",
        "(2026, 5627400.0, 5332540.0)",
    ),
    (
        "action_zone_orphans",
        "insert into raw.action_zone select * replace ('9998' as municipality_code)"
        " from raw.action_zone limit 1",
        "9998",
    ),
    (
        "decided_change_orphans",
        "insert into raw.decided_change select * replace ('9998' as municipality_code)"
        " from raw.decided_change limit 1",
        "9998",
    ),
    (
        "trait_code_unknown",
        "insert into raw.trait_value select * replace ('9998' as municipality_code)"
        " from raw.trait_value limit 1",
        "9998",
    ),
    (
        "trait_known",
        "update mart.trait set municipalities = 0 where trait_id = 'email_platform'",
        "email_platform",
    ),
    (
        "adoption_code_unknown",
        "insert into raw.adoption select * replace ('9998' as municipality_code)"
        " from raw.adoption limit 1",
        "9998",
    ),
    (
        "adoption_dates",
        "update mart.adoption set left_on = adopted_on - 1 where municipality_code = '0301'",
        "'0301'",
    ),
    (
        "robek_stays",
        "insert into raw.stay select * replace ('9998' as municipality_code) from raw.stay limit 1",
        "9998",
    ),
    (
        "robek_stays",
        "update raw.stay set left_on = entered_on - 1 where municipality_code = '0101'",
        "'0101'",
    ),
    (
        "ict_service_sign_graded",
        "update mart.ict_service_sign set grade = null where host = 'hedmark-ikt.no'",
        "hedmark-ikt.no",
    ),
    (
        "boundaries_code_outside_years",
        "insert into core.observation_reported"
        " select * replace ('1504' as reported_code, 2025 as year)"
        " from core.observation_reported where value > 0 limit 1",
        "1504",
    ),
    (
        "boundaries_county_is_named",
        "update core.municipality set county_name = null where municipality_code = '4601'",
        "4601",
    ),
    (
        "boundaries_graph_is_whole",
        "delete from core.division_piece where code = '4601'",
        "in force without ground",
    ),
    (
        "boundaries_graph_is_whole",
        "delete from core.municipality_version where code = '4601'",
        "ground without being in force",
    ),
    (
        "boundaries_one_meaning_a_day",
        "insert into core.municipality_version select * replace (valid_from + 9 as valid_from)"
        " from core.municipality_version where code = '4601'",
        "4601",
    ),
    (
        "boundaries_population_agrees",
        "update staging.population_publisher_sum set population = population + 1"
        " where code = '4601' and year = 2025",
        "2025, '4601'",
    ),
    *(
        (
            "boundaries_population_agrees",
            f"update mart.observation set value = {damage} where indicator_id = 'population'"
            f" and municipality_code = '{code}' and period = '{year}'",
            f"{year}, '{union}'",
        )
        for damage, code, year, union in (
            ("value + 1", "4601", 1990, "4601"),
            ("value + 1", "1580", 2022, "1508"),
            ("null", "1580", 2022, "1508"),
            ("value - 1", "1508", 2019, "1508"),
        )
    ),
    (
        "boundaries_population_total",
        "delete from core.crosswalk where from_code = '1504'",
        "2016",
    ),
    (
        "boundaries_publisher_splits",
        "update staging.population_publisher_sum set population = 9135"
        " where code = '1508' and year = 2020",
        "9135",
    ),
    (
        "boundaries_publisher_splits",
        f"update {OBSERVED.format('value + 1', 'population')} and period = '2025'",
        "2025, '4601'",
    ),
    (
        "boundaries_today_is_klass",
        "insert into staging.klass_code values ('4699', 'Made up', date '2026-01-01')",
        "'4699', 'Made up', 'in Klass, not in the graph'",
    ),
    (
        "boundaries_today_is_klass",
        "delete from staging.klass_code where code = '4601'",
        "'4601', None, 'in the graph, not in Klass'",
    ),
    (
        "boundaries_value_map",
        "insert into staging.codelist_value_map values ('agg_KommSummer', 'K-4601', '0301')",
        "in valueMap, not in the crosswalk",
    ),
    (
        "boundaries_value_map",
        "insert into staging.codelist_value_map values"
        " ('agg_KommSummer', 'K-4601', '1246'), ('agg_KommSummer', 'K-4626', '4626')",
        "'4626', '1246', 'in the crosswalk, not in valueMap'",
    ),
    (
        "boundaries_weights_add_to_one",
        "update core.crosswalk set weight = 0.9 where from_code = '1507' and to_code = '1580'",
        "1507",
    ),
    (
        "company_has_owners",
        _INVENTED_COMPANY.format("'000000001'", 2, 100, "add_to_100")
        + ";"
        + _INVENTED_COMPANY.format("'000000002'", 0, "null", "none_known")
        + ";"
        + _INVENTED_COMPANY.format("'000000003'", 0, "null", "none_known"),
        "3, 1",
    ),
    (
        "company_shares_add_up",
        _INVENTED_COMPANY.format("'000000001'", 2, 95, "do_not_add_to_100"),
        "'000000001', 'INVENTED IKS', 'do_not_add_to_100', 95.0",
    ),
    (
        "cooperation_orphans",
        "update raw.cooperation_membership set code_year = 1970 where member_name = 'Rindal'",
        "Rindal",
    ),
    (
        "corrections_still_needed",
        "update raw.observation set value = 18520"
        " where reported_code = 'K-1806' and period = '2019' and indicator_id = 'population'",
        "'K-1806', 'population', '2019', 18520.0, 0.0",
    ),
    (
        "corrections_still_needed",
        "update raw.observation set value = null where reported_code = 'K-1580' and value = 0",
        "'K-1580', None",
    ),
    (
        "coverage_current",
        "update mart.indicator set municipalities = 356 where indicator_id = 'nurses_fte'",
        "'nurses_fte', '2025', 356",
    ),
    (
        "file_rows_refused",
        "insert into mart.refused_row values ('file_made_up', 7, 'Bø', 'two of that name')",
        "'file_made_up', 7, 'Bø'",
    ),
    (
        "coverage_kept",
        REVISED.format("null") + " where indicator_id = 'nurses_fte' and municipality_code = '4601'"
        " and period = '2025'",
        "'nurses_fte', '2025', 1, 357",
    ),
    (
        "ict_company_found",
        "insert into raw.company values"
        " ('000000001', 'INVENTED IKS', 'IKS', null, null, false, 'invented')",
        "930283487",
    ),
    (
        "indicator_has_figures",
        "update mart.indicator set figures = 0 where indicator_id = 'nurses_fte'",
        "nurses_fte",
    ),
    (
        "membership_orphans",
        "insert into raw.network_membership select * replace ('9998' as municipality_code)"
        " from raw.network_membership limit 1",
        "9998",
    ),
    (
        "membership_orphans",
        "delete from mart.network_membership where municipality_code = '1804'",
        "1804",
    ),
    (
        "municipality_changes",
        "insert into raw.refresh_run select * replace ('before' as run_id,"
        " timestamptz '2023-12-31' as started_at) from raw.refresh_run limit 1",
        "['1507'], ['1508', '1580']",
    ),
    (
        "municipality_class_carried",
        "update core.last_class set valid_to = date '2026-01-01'"
        " where municipality_code = '4601' and classification = 'kostra_group'",
        "'kostra_group', '4601'",
    ),
    (
        "municipality_class_carried",
        "update core.last_class set class_municipality_code = '1201'"
        " where municipality_code = '4601' and classification = 'kostra_group'",
        "'kostra_group', '4601 as 1201', 'EKG12'",
    ),
    (
        "municipality_changes_announced",
        "insert into raw.klass_change select date '2027-01-01', '4601', 'Bergen', '4699',"
        " 'OPPDIKTET', reply_id from raw.klass_change limit 1",
        "'4601', 'Bergen', '4699', 'OPPDIKTET'",
    ),
    (
        "municipality_count",
        "delete from mart.municipality where municipality_code = '4601'",
        "'4601', 'Bergen', 'lost'",
    ),
    (
        "municipality_count",
        "insert into mart.municipality (municipality_code) values ('9998')",
        "'9998', None, 'not in Klass'",
    ),
    (
        "municipality_count",
        "insert into staging.klass_code select '9998', 'OPPDIKTET', max(valid_on)"
        " from staging.klass_code",
        "'9998', 'OPPDIKTET', 'explained by no change'",
    ),
    *(
        (
            "municipality_has_classes",
            f"update mart.municipality set {column} = null where municipality_code = '4601'",
            "4601",
        )
        for column in ("county_code", "centrality_class", "kostra_group", "organisation_number")
    ),
    (
        "observation_ages_add_up",
        f"update {OBSERVED.format('value + 1', 'population_0_5')} and period = '2025'",
        "'4601', '2025'",
    ),
    (
        "observation_code_unknown",
        "insert into staging.observation select * replace ('9998' as reported_code)"
        " from staging.observation where region_kind = 'municipality' limit 1",
        "9998 in ",
    ),
    (
        "observation_missing_has_reason",
        "update mart.observation set missing_reason = null"
        " where indicator_id = 'population' and municipality_code = '5055' and period = '2010'",
        "'population', '5055', '2010', None, None",
    ),
    (
        "observation_missing_has_reason",
        f"update {OBSERVED.format('null', 'nurses_fte')} and period = '2025'",
        "'nurses_fte', '4601', '2025', None, None",
    ),
    *(
        (
            "observation_orphans",
            f"insert into mart.observation select * replace ({damage}) from mart.observation"
            " where indicator_id = 'nurses_fte' and municipality_code = '4601'",
            expected,
        )
        for damage, expected in (
            ("'9998' as municipality_code", "9998"),
            ("'made_up' as indicator_id", "made_up"),
            ("[] as reply_ids", "4601"),
            ("['made up'] as reply_ids", "4601"),
        )
    ),
    (
        "observation_parts_within_whole",
        f"update {OBSERVED.format('value * 10', 'population_80_plus')} and period = '2025'",
        "'population_80_plus', '4601', '2025'",
    ),
    ("observation_range", f"update {OBSERVED.format(150, 'accessibility_updated_share')}", "150.0"),
    ("observation_range", f"update {OBSERVED.format(-1, 'nurses_fte')}", "-1.0"),
    (
        "observation_range",
        f"update {OBSERVED.format(chr(39) + 'nan' + chr(39), 'nurses_fte')}",
        "nan",
    ),
    (
        "observation_range",
        "update mart.observation set value = 'inf' where indicator_id = 'net_loan_debt'",
        "inf",
    ),
    (
        "observation_year_known",
        "update staging.observation set period = '1. kvartal', year = null"
        " where indicator_id = 'nurses_fte' and reported_code = '4601' and period = '2025'",
        "'4601', '1. kvartal'",
    ),
    (
        "observation_year_known",
        "update staging.observation set year = 1814"
        " where indicator_id = 'nurses_fte' and reported_code = '4601' and period = '2025'",
        "4601",
    ),
    (
        "observation_year_jumps",
        "update mart.observation set value = 2 * value where indicator_id = 'population_20_66'"
        " and period = '2026' and municipality_code <> '0301'",
        "'population_20_66', '1804', '2026'",
    ),
    (
        "observation_year_jumps",
        # what varies among the small is steady among the large
        "update mart.observation set value = 2 * value where indicator_id = 'population_0_5'"
        " and period = '2026' and municipality_code <> '0301'",
        "'population_0_5', '4601', '2026'",
    ),
    (
        "observation_year_jumps",
        # nurses of Bergen and Sokndal exchanged, in a table of two years
        "update mart.observation set value = (select value from mart.observation as other"
        " where other.indicator_id = 'nurses_fte' and other.period = '2025'"
        " and other.municipality_code = if(observation.municipality_code = '4601', '1111', '4601'))"
        " where indicator_id = 'nurses_fte' and period = '2025'"
        " and municipality_code in ('4601', '1111')",
        "'nurses_fte', '1111', '2025'",
    ),
    (
        "organisation_numbers_agree",
        "insert into raw.organisation select * replace"
        " ('000000001' as organisation_number, 'invented' as reply_id)"
        " from raw.organisation where municipality_code = '4601'",
        "'4601', ['000000001', '964338531']",
    ),
    (
        "population_accepted",
        "insert into raw.accepted_population"
        " values ('1151', 2026, 436, 'made up for this test', 'somebody', '2026-03-01')",
        "'1151', 2026, 436",
    ),
    (
        "population_continues",
        "update mart.observation set value = 2 * value"
        " where indicator_id = 'population' and period = '2026' and municipality_code <> '0301'",
        "2026, '1804', 53",
    ),
    (
        "population_continues",
        # every figure a twentieth too large: the rank of no municipality changes
        "update mart.observation set value = 1.05 * value"
        " where indicator_id = 'population' and period = '2026'",
        "2026, 'country', 5594340.0, 59087",
    ),
    (
        "population_continues",
        # Bergen and Sokndal exchanged: the sum of the country is right
        "update mart.observation set value = (select value from mart.observation as other"
        " where other.indicator_id = 'population' and other.period = '2026'"
        " and other.municipality_code = if(observation.municipality_code = '4601', '1111', '4601'))"
        " where indicator_id = 'population' and period = '2026'"
        " and municipality_code in ('4601', '1111')",
        "2026, '1111', 3",
    ),
    (
        "population_national",
        f"update {OBSERVED.format('value + 1', 'population')} and period = '2025'",
        '2025, "today\'s division", 5594340.0, 5594341.0',
    ),
    (
        "population_national",
        "update staging.observation set value = value + 1 where indicator_id = 'population'"
        " and division = 'own' and reported_code = '4601' and year = 2025",
        "2025, 'the codes of the year', 5594340.0, 5594341.0",
    ),
    (
        "population_years_checked",
        "delete from staging.observation where region_kind = 'country' and period = '2025'",
        "2025",
    ),
    (
        "population_years_checked",
        "update staging.observation set value = null where indicator_id = 'population'"
        " and division = 'own' and reported_code = '4601' and year = 2026",
        "2026, 356, 357",
    ),
    (
        "population_years_checked",
        "delete from staging.observation where indicator_id = 'population' and division = 'own'",
        "None, 0, 357",
    ),
    *(
        (
            "ratio_on_one_ground",
            f"update mart.observation set {damage} where municipality_code = '3905'"
            " and indicator_id = 'population_80_plus_share' and period = '2016'",
            "'population_80_plus_share', '3905', '2016'",
        )
        for damage in ("quality = 'split_estimated'", "reported_codes = ['0704', '3905']")
    ),
    (
        "revision_jumps",
        REVISED.format("1.6 * value") + " where indicator_id = 'nurses_fte'"
        " and municipality_code = '4601' and period = '2025'",
        "'nurses_fte', '4601', '2025'",
    ),
    (
        "revision_jumps",
        REVISED.format("1.02 * value") + " where indicator_id = 'population'"
        " and municipality_code = '4601' and period = '2025'",
        "'population', '4601', '2025'",
    ),
    (
        "source_discontinued",
        "update mart.source_table set is_discontinued = true, replaced_by = '99999'"
        " where table_id = 'ssb_14534'",
        "('ssb_14534', '14534', 'successor 99999')",
    ),
    (
        "source_freshness",
        "update mart.source_table set updated = accessed_at - interval 25 month"
        " where table_id = 'ssb_14534'",
        "ssb_14534",
    ),
    (
        "source_shape",
        "insert into raw.shape_difference values ('ssb_14534', '- Alder: 000\n+ Alder: 00')",
        "- Alder: 000; + Alder: 00",
    ),
]

CHECKS = {check.name: check for check in checks.read_checks()}


def test_every_check_is_shown_a_fault_here() -> None:
    assert {name for name, _, _ in DAMAGE} == set(CHECKS)


@pytest.mark.parametrize(
    ("name", "damage", "mentioned"), DAMAGE, ids=[f"{name}-{said}" for name, _, said in DAMAGE]
)
def test_a_check_reports_the_fault_it_protects_from(
    damaged: Connection, name: str, damage: str, mentioned: str
) -> None:
    check = CHECKS[name]
    before = damaged.execute(check.query).fetchall()
    changed = damaged.execute(damage).fetchone()
    assert changed, "the damage must touch a row"
    assert changed[0] > 0, "the damage must touch a row"
    faults = [row for row in damaged.execute(check.query).fetchall() if row not in before]
    assert any(mentioned in str(row) for row in faults), faults
    result = checks.run(damaged, check)
    assert result.faults > 0
    assert result.blocks == (check.severity == "block")
    assert result.sentence.startswith(f"{name}: {check.counted(result.faults)} (")


@pytest.mark.parametrize("name", [c.name for c in CHECKS.values() if c.severity == "block"])
def test_a_check_that_blocks_finds_nothing_in_the_real_warehouse(
    real: Connection, name: str
) -> None:
    assert checks.run(real, CHECKS[name]).faults == 0


def test_the_results_are_kept_with_what_each_check_finds_and_why(real: Connection) -> None:
    kept = real.execute("select check_name, finds, why, severity from mart.data_check").fetchall()
    assert sorted(kept) == [(c.name, c.finds, c.why, c.severity) for c in CHECKS.values()]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "(2020, '1508', 57123.0, 66258)",
            "made_up: 1 figure differs from SSB's own (2020, 1508, ours 57 123, SSB 66 258)",
        ),
        (
            "(2020, '1508', 0.25, null), (2021, '1508', 1, 2)",
            "made_up: 2 figures differ from SSB's own (first: 2020, 1508, ours 0.25, SSB missing)",
        ),
    ],
)
def test_a_warning_counts_its_faults_and_shows_the_first(rows: str, sentence: str) -> None:
    query = f'from (values {rows}) as figure (year, code, ours, "SSB")'
    finds = "figure/figures differs/differ from SSB's own"
    with duckdb.connect() as con:
        result = checks.run(con, checks.Check("made_up", finds, "no reason", "warn", query))
    assert result.sentence == sentence


def test_faults_that_block_are_all_named_and_those_that_warn_are_not(damaged: Connection) -> None:
    damaged.execute("delete from mart.municipality where municipality_code = '4601'")
    results = [checks.run(damaged, check) for check in CHECKS.values()]
    with pytest.raises(ChecksFailedError) as caught:
        checks.require(damaged, results)
    sentence = str(caught.value)
    assert sentence.startswith("the new warehouse was not published, the old one stays: ")
    assert (
        "municipality_count: 1 municipality differs from Klass, or has appeared without a change"
        " (4601, Bergen, lost)" in sentence
    )
    assert "observation_orphans: " in sentence
    assert "coverage_current" not in sentence


# --- the files themselves (made up) ----------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "",
        "-- finds: faults\n-- severity: warn\n",
        "-- why: it matters\n-- severity: block\n",
        "-- finds: faults\n-- why: it matters\n",
        "-- finds: faults\n-- why: it matters\n-- severity: bad\n",
    ],
)
def test_a_check_file_must_say_what_it_finds_why_and_how_grave_it_is(
    tmp_path: Path, head: str
) -> None:
    (tmp_path / "made_up.sql").write_text(f"{head}select 1")
    with pytest.raises(ModelError, match=r"^made_up.sql: the head needs '-- finds"):
        list(checks.read_checks(tmp_path))


@pytest.mark.parametrize(
    "head",
    ["-- severity: block\n", "-- severity: warn\n-- concerns: sources\n"],
    ids=["blocks, and concerns nothing", "warns, and concerns something"],
)
def test_a_check_that_blocks_says_what_it_concerns(tmp_path: Path, head: str) -> None:
    (tmp_path / "made_up.sql").write_text(f"-- finds: faults\n-- why: it matters\n{head}select 1")
    with pytest.raises(ModelError, match=r"needs '-- concerns: sources' or 'everything'"):
        list(checks.read_checks(tmp_path))


def test_a_check_that_concerns_sources_names_them_in_its_rows(real: Connection) -> None:
    unnamed = checks.Check("made_up", "nothing", "no reason", "block", "select 1 as x", "sources")
    with pytest.raises(ModelError, match=r"^check made_up: rows have the column table_ids"):
        checks.run(real, unnamed)


def test_faults_of_sources_are_told_apart_and_name_the_ground(damaged: Connection) -> None:
    damaged.execute(
        "update mart.observation set value = -1 where municipality_code = '4601' and"
        " (indicator_id, period) in (('nurses_fte', '2025'), ('nurses_fte', '2024'),"
        " ('population_0_5', '2025'))"
    )
    found = checks.run(damaged, CHECKS["observation_range"])
    assert {tuple(tables): rows for tables, (rows, _) in found.sources.items()} == {
        ("ssb_14534",): 2,
        ("ssb_07459_age",): 1,
    }
    assert found.sentence_of(frozenset(["ssb_07459_age"])).startswith(
        "observation_range: 1 figure is outside the bounds of the catalogue (population_0_5, 4601"
    )
    with pytest.raises(checks.FaultsError) as caught:
        checks.require(damaged, [found])
    assert caught.value.ground == {"klass_131", "ssb_07459"}


def test_a_check_that_does_not_run_is_named(real: Connection) -> None:
    broken = checks.Check("made_up", "nothing", "no reason", "warn", "from nowhere")
    with pytest.raises(ModelError, match=r"^check made_up: .*nowhere"):
        checks.run(real, broken)


def test_a_repeated_key_is_a_data_fault_like_any_other(
    write_model: Callable[[str, str], Path],
) -> None:
    path = write_model(
        "1_staging/10_twice.sql", "-- one row: x\n-- key: x\nfrom range(2) select 1 as x"
    )
    with duckdb.connect() as con, pytest.raises(ChecksFailedError, match=r"10_twice.sql: \(x\)"):
        models.run(con, models.read_model(path))
