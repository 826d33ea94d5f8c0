-- one row: a municipality of today
-- key: municipality_code
with code as (
    select code as municipality_code, name, valid_on
    from staging.klass_code
    qualify valid_on = max(valid_on) over ()
),

county as (
    -- follows from the code; Klass has its name in all official languages
    select
        county.county_code,
        coalesce(arg_max(class.class_name, class.valid_from), any_value(county.county_name))
            as county_name
    from core.county_name as county
    left join core.municipality_class as class
        on class.classification = 'county' and class.class_code = county.county_code
    group by county.county_code
),

last_class as (
    -- the one in force, or the last known: the classes of a new year come after it has begun
    select class.*
    from core.municipality_class as class
    inner join code using (municipality_code)
    where class.valid_from <= code.valid_on
    qualify row_number() over (
        partition by municipality_code, classification order by class.valid_from desc
    ) = 1
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
        any_value(class_name) filter (classification = 'kostra_group') as kostra_group_name
    from last_class
    group by municipality_code
),

organisation as (
    select municipality_code, organisation_number from staging.organisation
)

select
    code.municipality_code,
    code.name as municipality_name,
    county.county_code,
    county.county_name,
    class.* exclude (municipality_code),
    organisation.organisation_number,
    code.valid_on
from code
left join county on county.county_code = left(code.municipality_code, 2)
left join class using (municipality_code)
left join organisation using (municipality_code)
