-- finds: list/lists of unknown municipality codes
-- why: their figures are set aside in raw.observation until Klass has the code
-- severity: warn
with unknown as (
    select reported_code || ' in ' || string_agg(distinct table_id, ', ' order by table_id) as code
    from staging.observation
    anti join core.municipality_version as version on version.code = reported_code
    where region_kind = 'municipality'
    group by reported_code
)

-- in one row, so that every code is named wherever the check is
select list(code order by code) as codes
from unknown
having count(*) > 0
