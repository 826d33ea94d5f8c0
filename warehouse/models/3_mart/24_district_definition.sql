-- one row: a municipality of today under one definition of a district municipality, in or out
-- key: definition_id, municipality_code
-- as of: recomputed
-- definition_id: our name for the definition; centrality_4_6 is the default
-- definition_nb: its title in bokmål
-- definition_en: its title in English
-- rule: its rule in words
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- meets_definition: whether it is a district municipality by the definition; NULL where what it needs is missing
-- basis: the class, list or figure that says so
-- valid_from: from when what it rests on holds, as precisely as known: the year of the class, the
--     start of the area, the period of the index
-- source_url: where the definition is published; for a declared cut, where its index is
-- described_in: the definition in the register of published definitions (docs/sources/networks.md)
-- warnings: what to know of the figure it rests on: the vocabulary of mart.observation
-- note: what else to know
with municipality as (
    select * from core.municipality
),

class_year as (
    select municipality_code, year(valid_from)::varchar as class_from
    from core.last_class
    where classification = 'centrality'
),

action_zone as (
    -- who has the ground of a municipality on the list today
    select distinct crosswalk.to_code as municipality_code, true as is_listed
    from raw.action_zone as zone
    inner join core.division_year as division_year on division_year.year = zone.code_year
    inner join core.crosswalk as crosswalk
        on crosswalk.from_code = zone.municipality_code
        and crosswalk.from_date = division_year.division
        and crosswalk.to_date = (select max(valid_from) from core.division)
),

figure as (
    select * from mart.observation where indicator_id in (select index_id from raw.district_rule)
),

judged as (
    select
        rule.definition_id,
        municipality.municipality_code,
        case
            when rule.area is not null then coalesce(action_zone.is_listed, false)
            when rule.index_id is not null then figure.value < rule.below
            else list_contains(rule.centrality_classes, municipality.centrality_class)
        end as meets_definition,
        case
            when rule.area is not null
                then if(coalesce(action_zone.is_listed, false), 'named in the list', 'not in the list')
            when rule.index_id is null
                then coalesce('centrality class ' || municipality.centrality_class, 'no class known')
            when figure.value is null
                then 'no figure: ' || coalesce(figure.missing_reason, 'none in that period')
            else rule.index_id || ' ' || round(figure.value, 3)::varchar || ' in ' || rule.period
        end as basis,
        coalesce(
            rule.valid_from, if(rule.index_id is null, class_year.class_from, rule.period)
        ) as valid_from,
        coalesce(figure.warnings, []) as warnings
    from raw.district_rule as rule
    cross join municipality
    left join class_year using (municipality_code)
    left join action_zone using (municipality_code)
    left join figure
        on figure.indicator_id = rule.index_id
        and figure.period = rule.period
        and figure.municipality_code = municipality.municipality_code
)

select
    judged.definition_id,
    rule.title_nb as definition_nb,
    rule.title_en as definition_en,
    rule.rule,
    judged.municipality_code,
    municipality.municipality_name,
    judged.meets_definition,
    judged.basis,
    judged.valid_from,
    rule.source_url,
    rule.described_in,
    judged.warnings,
    rule.note
from judged
inner join raw.district_rule as rule using (definition_id)
inner join municipality using (municipality_code)
order by judged.definition_id, judged.municipality_code
