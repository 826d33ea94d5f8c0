-- one row: a municipality of today, with the classes it belongs to
-- key: municipality_code
-- as of: recomputed
-- municipality_code: four-digit municipality code, as text
-- municipality_name: its name in Norwegian; as Rana: that part of the official name which has stood as
--     a name alone, the official name where none has
-- official_name: in all its official languages, as Rana - Raane (Klass 131)
-- county_code: two-digit code of its county, as text
-- county_name: the county's name in Norwegian
-- county_official_name: in all its official languages, as Nordland - Nordlánnda (Klass 104)
-- economic_region_code: code of the economic region (Klass 108)
-- economic_region_name: name of the economic region
-- centrality_class: 1 (most central) to 6 (least central), Klass 128; as it is today
-- kostra_group: code of the KOSTRA group, Klass 112; as it is today
-- kostra_group_name: name of the KOSTRA group
-- class_years: for economic_region, centrality and kostra_group the year of the edition that gave the
--     class, or the first in which it was the same
-- organisation_number: organisation number of the municipality in Enhetsregisteret
-- is_district: district municipality by the ministry's definition: centrality class 4, 5 or 6
-- is_district_5_6: by the narrower definition: centrality class 5 or 6
-- in_action_zone: in the action zone of Finnmark and Nord-Troms
-- district_definitions: the definitions by which it is a district municipality, see
--     mart.district_definition
-- changes_on: day of a decided change to it, see mart.decided_change; NULL where none is registered
-- becomes: name of what it becomes a part of on that day
-- valid_on: the day Klass was asked which municipalities there are
with district as (
    select
        municipality_code,
        any_value(definition.meets_definition) filter (definition_id = 'centrality_4_6') as is_district,
        any_value(definition.meets_definition) filter (definition_id = 'centrality_5_6') as is_district_5_6,
        any_value(definition.meets_definition) filter (definition_id = 'action_zone') as in_action_zone,
        coalesce(list(definition_id order by definition_id) filter (definition.meets_definition), [])
            as district_definitions
    from mart.district_definition as definition
    group by municipality_code
),

next_change as (
    select
        municipality_code,
        min(takes_effect_on) as changes_on,
        arg_min(new_name, takes_effect_on) as becomes
    from mart.decided_change
    group by municipality_code
)

select
    municipality.* exclude (valid_on),
    district.* exclude (municipality_code),
    next_change.changes_on,
    next_change.becomes,
    municipality.valid_on
from core.municipality as municipality
left join district using (municipality_code)
left join next_change using (municipality_code)
order by municipality_code
