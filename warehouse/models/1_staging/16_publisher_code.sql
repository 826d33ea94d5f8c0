-- one row: a municipality code that a table lists as one of today's, and the day it was taken from
--     the publisher
-- key: table_id, code
with observation as (
    select * from staging.observation
)

select observation.table_id, observation.reported_code as code, max(reply.as_of) as as_of
from observation
inner join raw.reply as reply using (reply_id)
where observation.division = 'current' and observation.region_kind = 'municipality'
group by observation.table_id, observation.reported_code
