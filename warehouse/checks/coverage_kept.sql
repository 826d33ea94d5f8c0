-- finds: period/periods of an indicator has/have lost municipalities since the vintage before
-- why: a withdrawn figure is noticed; it is kept in mart.superseded
-- severity: warn
with lost as (
    select indicator_id, period, count(*) as lost
    from mart.revision
    where
        changed_at = (select max(started_at) from raw.refresh_run)
        and value_before is not null
        and value_after is null
        and municipality_code in (select municipality_code from core.municipality)
        -- a register has the figures of its day, and of no day before
        and table_id not in (
            select table_id
            from raw.source_table
            where kind in ('brreg', 'datanorge', 'uutilsynet')
        )
    group by indicator_id, period
),

now as (
    select indicator_id, period, count(value) as municipalities
    from mart.observation
    semi join lost using (indicator_id, period)
    group by indicator_id, period
)

select lost.indicator_id, lost.period, lost.lost, coalesce(now.municipalities, 0) as municipalities
from lost
left join now using (indicator_id, period)
order by all
