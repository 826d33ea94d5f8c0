-- protects: the reader's knowledge of figures that the newest vintage moved further than the catalogue
--     expects of a revision (`jump`), which may be a slip of the publisher's or ours
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
