-- one row: the class of a municipality of today in a classification: the one in force, or the last
--     known, for the classes of a new year come after it has begun
-- key: municipality_code, classification
-- class_municipality_code: the code under which it has the class; one that has only got a new code
--     keeps its class
-- valid_to: first day on which the class is not known any more; NULL while no end is known
with today as (
    select max(valid_from) as division from core.division
),

code as (
    select code as municipality_code, valid_on
    from staging.klass_code
    qualify valid_on = max(valid_on) over ()
),

class as (
    select class.*, max(division.valid_from) as division
    from core.municipality_class as class
    inner join core.division as division on division.valid_from <= class.valid_from
    group by all
),

placed as (
    select class.*, code.municipality_code as municipality_today, code.valid_on
    from class
    inner join code using (municipality_code)
    union all
    select class.*, code.municipality_code, code.valid_on
    from class
    cross join today
    inner join core.crosswalk as crosswalk
        on crosswalk.from_date = class.division
        and crosswalk.from_code = class.municipality_code
        and crosswalk.to_date = today.division
        and crosswalk.relation = 'one-to-one'
    inner join code on code.municipality_code = crosswalk.to_code
    where code.municipality_code <> class.municipality_code
)

select
    municipality_today as municipality_code,
    classification,
    class_code,
    class_name,
    municipality_code as class_municipality_code,
    valid_from,
    valid_to,
    valid_on
from placed
where valid_from <= valid_on
qualify row_number() over (
    partition by municipality_today, classification
    order by municipality_code = municipality_today desc, valid_from desc
) = 1
