-- protects: the reader's knowledge of codes that no municipality has ever had: their figures are set
--     aside, in raw.observation, until Klass has the code
-- severity: warn
with unknown as (
    select observation.reported_code, observation.table_id
    from staging.observation as observation
    anti join core.municipality_version as version on version.code = observation.reported_code
    where observation.region_kind = 'municipality'
    group by all
),

told as (
    -- in one row, so that every code is named wherever the check is
    select reported_code || ' in ' || string_agg(table_id, ', ' order by table_id) as code
    from unknown
    group by reported_code
)

select list(code order by code) as codes
from told
having count(*) > 0
