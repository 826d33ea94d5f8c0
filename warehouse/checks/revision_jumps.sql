-- finds: figure/figures was/were revised by more than the catalogue expects
-- why: a large revision may be an error, the publisher's or ours
-- severity: warn
with revision as (
    select *
    from mart.revision
    where changed_at = (select max(started_at) from raw.refresh_run)
),

median as (
    select indicator_id, period, median(abs(value)) as size
    from mart.observation
    semi join revision using (indicator_id, period)
    group by indicator_id, period
),

changed_ground as (
    -- figures of another ground are no revision
    select unnest(event.new_codes) as municipality_code
    from core.change_event as event
    where event.changed_on > (
        select min(started_at)::date
        from (select started_at from raw.refresh_run order by started_at desc limit 2)
    )
)

select
    revision.indicator_id,
    revision.municipality_code,
    revision.period,
    revision.value_before,
    revision.value_after,
    indicator.jump
from revision
inner join raw.indicator as indicator using (indicator_id)
inner join median using (indicator_id, period)
anti join changed_ground on changed_ground.municipality_code = revision.municipality_code
where abs(revision.difference)
    > indicator.jump * greatest(abs(revision.value_before), median.size)
order by all
