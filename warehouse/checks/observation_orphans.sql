-- finds: figure/figures lacks/lack a municipality, an indicator or a stored reply
-- why: every figure can be traced; a composite without a figure of any part has no reply
-- severity: block
-- concerns: sources
with lost as (
    -- most figures are of the same few replies
    select reply_ids
    from (select distinct reply_ids from mart.observation)
    where not list_has_all((select list(reply_id) from mart.reply), reply_ids)
)

select
    observation.indicator_id, observation.municipality_code, observation.period,
    core.tables_of(observation.reply_ids) as table_ids
from mart.observation as observation
left join mart.municipality as municipality using (municipality_code)
left join mart.indicator as indicator using (indicator_id)
where
    municipality.municipality_code is null
    or indicator.indicator_id is null
    or (len(observation.reply_ids) = 0 and indicator.aggregate <> 'composite')
    or observation.reply_ids in (select reply_ids from lost)
order by all
