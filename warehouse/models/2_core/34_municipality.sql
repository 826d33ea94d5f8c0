-- one row: a municipality of today
-- key: municipality_code
with code as (
    select code as municipality_code, name, valid_on
    from staging.klass_code
    qualify valid_on = max(valid_on) over ()
),

class_in_force as (
    select class.*
    from core.municipality_class as class
    inner join code using (municipality_code)
    where class.valid_from <= code.valid_on and coalesce(class.valid_to > code.valid_on, true)
),

class as (
    -- one column a classification
    select
        municipality_code,
        any_value(class_code) filter (classification = 'county') as county_code,
        any_value(class_name) filter (classification = 'county') as county_name,
        any_value(class_code) filter (classification = 'economic_region') as economic_region_code,
        any_value(class_name) filter (classification = 'economic_region') as economic_region_name,
        (any_value(class_code) filter (classification = 'centrality'))::integer
            as centrality_class,
        any_value(class_code) filter (classification = 'kostra_group') as kostra_group,
        any_value(class_name) filter (classification = 'kostra_group') as kostra_group_name
    from class_in_force
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
