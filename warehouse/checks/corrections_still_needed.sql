-- finds: correction/corrections does/do not fit the published figure any longer
-- why: a correction goes when the publisher has mended the figure
-- severity: warn
with published as (
    select
        correction.correction_id,
        correction.reported_code,
        correction.published as was_published,
        observation.indicator_id,
        observation.period,
        observation.value as now_published
    from raw.correction as correction
    left join raw.reply as reply using (table_id)
    left join raw.observation as observation
        on observation.reply_id = reply.reply_id
        and observation.reported_code = correction.reported_code
        and observation.period between correction.first_period and correction.last_period
)

select correction_id, reported_code, indicator_id, period, now_published, was_published
from published
where now_published <> was_published
union all
select correction_id, reported_code, null, null, null, was_published
from published
group by correction_id, reported_code, was_published
having count(*) filter (now_published = was_published) = 0
order by all
