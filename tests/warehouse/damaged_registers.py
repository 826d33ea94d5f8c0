"""Damage to the map of municipalities and to registers, and what the checks say of it."""

OBSERVED = (
    "mart.observation set value = {} where indicator_id = '{}' and municipality_code = '4601'"
)

_INVENTED_COMPANY = (
    "insert into mart.intermunicipal_company (company_number, company_name, owners,"
    " share_total_pct, shares) values ({}, 'INVENTED IKS', {}, {}, '{}')"
)

# Check, damage, what the new fault must mention. Codes 9998 and 4699 are made up.
DAMAGE_TO_REGISTERS = [
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
        "ict_company_found",
        "insert into raw.company values"
        " ('000000001', 'INVENTED IKS', 'IKS', null, null, false, 'invented')",
        "930283487",
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
        "organisation_numbers_agree",
        "insert into raw.organisation select * replace"
        " ('000000001' as organisation_number, 'invented' as reply_id)"
        " from raw.organisation where municipality_code = '4601'",
        "'4601', ['000000001', '964338531']",
    ),
]
