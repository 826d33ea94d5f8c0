-- one row: a municipality of today
-- key: municipality_code
with code as (
    select code as municipality_code, name, valid_on
    from staging.klass_code
    qualify valid_on = max(valid_on) over ()
),

class as (
    -- one column a scheme
    select
        municipality_code,
        any_value(class_code) filter (scheme = 'county') as county_code,
        any_value(class_name) filter (scheme = 'county') as county_name,
        any_value(class_code) filter (scheme = 'economic_region') as economic_region_code,
        any_value(class_name) filter (scheme = 'economic_region') as economic_region_name,
        (any_value(class_code) filter (scheme = 'centrality'))::integer as centrality_class,
        any_value(class_code) filter (scheme = 'kostra_group') as kostra_group,
        any_value(class_name) filter (scheme = 'kostra_group') as kostra_group_name
    from raw.classification
    group by municipality_code
),

organisation as (
    select municipality_code, organisation_number from staging.organisation
)

select
    code.municipality_code,
    code.name as municipality_name,
    class.* exclude (municipality_code),
    organisation.organisation_number,
    code.valid_on
from code
left join class using (municipality_code)
left join organisation using (municipality_code)
