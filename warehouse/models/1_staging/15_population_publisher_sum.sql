-- one row: the population of a municipality on 1 January, as the publisher itself sums it to
--     the municipalities of its today (core.publisher_division)
-- key: table_id, code, year
-- population: NULL where the publisher gives no sum
with observation as (
    select * from staging.observation
)

select table_id, reported_code as code, year, value::bigint as population
from observation
where
    indicator_id = 'population'
    and division = 'current'
    and region_kind = 'municipality'
