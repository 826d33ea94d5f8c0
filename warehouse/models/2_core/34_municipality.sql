-- one row: a municipality of today
-- key: municipality_code
-- municipality_name: what it is called in Norwegian, see core.municipality_version
-- official_name: the name in all its official languages, as Klass has it
-- county_name: the Norwegian form of its county's name
-- county_official_name: the county's name in all its official languages, as Klass has it
with code as (
    select code as municipality_code, name, valid_on
    from staging.klass_code
    qualify valid_on = max(valid_on) over ()
),

county as (
    -- follows from the code
    select
        left(code.municipality_code, 2) as county_code,
        any_value(known.county_name) as known_name,
        coalesce(arg_max(class.class_name, class.valid_from), known_name) as county_official_name,
        if(
            list_contains(string_split(county_official_name, ' - '), known_name),
            known_name,
            county_official_name
        ) as county_name
    from code
    left join core.county_name as known
        on known.county_code = left(code.municipality_code, 2)
    left join core.municipality_class as class
        on class.classification = 'county'
        and class.class_code = left(code.municipality_code, 2)
    group by left(code.municipality_code, 2)
),

class as (
    -- one column a classification
    select
        municipality_code,
        any_value(class_code) filter (classification = 'economic_region') as economic_region_code,
        any_value(class_name) filter (classification = 'economic_region') as economic_region_name,
        (any_value(class_code) filter (classification = 'centrality'))::integer
            as centrality_class,
        any_value(class_code) filter (classification = 'kostra_group') as kostra_group,
        any_value(class_name) filter (classification = 'kostra_group') as kostra_group_name,
        map_from_entries(
            list((classification, year(valid_from)) order by classification)
            filter (classification <> 'county')
        ) as class_years
    from core.last_class
    group by municipality_code
),

organisation as (
    -- one that has only got a new code is the same organisation
    select crosswalk.to_code as municipality_code, organisation.organisation_number
    from staging.organisation as organisation
    inner join core.crosswalk as crosswalk
        on crosswalk.from_code = organisation.municipality_code
        and crosswalk.to_date = (select max(valid_from) from core.division)
        and (crosswalk.relation = 'one-to-one' or crosswalk.from_date = crosswalk.to_date)
    qualify row_number() over (
        partition by crosswalk.to_code
        order by crosswalk.from_date desc, organisation.organisation_number
    ) = 1
)

select
    code.municipality_code,
    coalesce(version.label, code.name) as municipality_name,
    code.name as official_name,
    county.county_code,
    county.county_name,
    county.county_official_name,
    class.* exclude (municipality_code),
    organisation.organisation_number,
    code.valid_on
from code
left join core.municipality_version as version
    on version.code = code.municipality_code
    and version.valid_from <= code.valid_on
    and coalesce(version.valid_to > code.valid_on, true)
left join county on county.county_code = left(code.municipality_code, 2)
left join class using (municipality_code)
left join organisation using (municipality_code)
