-- finds: figure/figures was/were revised by more than the catalogue expects
-- why: a large revision may be an error, the publisher's or ours
-- severity: warn
with median as (
    select indicator_id, period, median(abs(value)) as size
    from mart.observation
    group by indicator_id, period
)

select
    revision.indicator_id,
    revision.municipality_code,
    revision.period,
    revision.value_before,
    revision.value_after,
    indicator.jump
from mart.revision as revision
inner join raw.indicator as indicator using (indicator_id)
inner join median using (indicator_id, period)
where
    revision.changed_at = (select max(started_at) from raw.refresh_run)
    and abs(revision.difference)
        > indicator.jump * greatest(abs(revision.value_before), median.size)
order by all
