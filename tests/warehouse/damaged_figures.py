"""Damage to figures and sources, and what the checks say of it."""

OBSERVED = (
    "mart.observation set value = {} where indicator_id = '{}' and municipality_code = '4601'"
)

# A figure of today as the newest vintage might have revised it.
REVISED = (
    "insert into mart.revision by name with now as (select * from mart.observation)"
    " select now.indicator_id, now.municipality_code, now.period, now.value as value_before,"
    " {0} as value_after, value_after - value_before as difference, 'revised' as change,"
    " now.table_id, (select max(started_at) from raw.refresh_run) as changed_at from now"
)

# Check, damage, what the new fault must mention. Codes 9998 and 4699 are made up.
DAMAGE_TO_FIGURES = [
    (
        "aggregate_county",  # Nordland, with one inhabitant more than it has; the row is made up
        "insert into staging.observation select * replace ('county' as region_kind,"
        " '18' as reported_code, 243273 as value) from staging.observation"
        " where indicator_id = 'population' and region_kind = 'country' and period = '2026'",
        "'population', '18', '2026', 243273.0, 243272.0",
    ),
    (
        "aggregate_national",
        "delete from core.group_member where kind = 'county' and municipality_code = '4601'",
        "(2026, 5627400.0, 5332540.0)",
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
        "indicator_has_figures",
        "update mart.indicator set figures = 0 where indicator_id = 'nurses_fte'",
        "nurses_fte",
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
