-- one row: the population of a municipality on 1 January in the codes of its own year
-- key: code, year
with observation as (
    select * from staging.observation
)

select reported_code as code, year, value::bigint as population
from observation
where
    indicator_id = 'population'
    and division = 'own'
    and region_kind = 'municipality'
    and value > 0
