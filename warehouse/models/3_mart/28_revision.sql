-- one row: a figure that a run changed, or no longer had
-- key: indicator_id, municipality_code, period, changed_at
-- as of: current
-- indicator_id: see mart.indicator
-- municipality_code: municipality of the division of then, four digits as text
-- period: the publisher's own code for the period
-- changed_at: start of the run that changed it
-- value_before: the figure until then
-- value_after: the figure from then on; NULL also where it was withdrawn
-- difference: value_after less value_before, in the unit of the indicator
-- change: revised, or withdrawn where there is no figure any more, not even a missing one
-- quality_before: its quality until then
-- quality_after: its quality from then on
-- stage_before: unrevised or revised, for KOSTRA: the edition the table had when it stood last
-- stage_after: the edition it had in the run that changed it
-- table_id: the source table
-- publisher: who publishes it
with version as (
    from raw.superseded
    union all by name
    select
        now.indicator_id,
        now.municipality_code,
        now.period,
        now.value,
        now.quality,
        now.table_id,
        since.known_since
    from mart.observation as now
    inner join raw.known_since as since using (indicator_id, municipality_code, period)
)

select
    old.indicator_id,
    old.municipality_code,
    old.period,
    old.known_until as changed_at,
    old.value as value_before,
    new.value as value_after,
    new.value - old.value as difference,
    if(new.indicator_id is null, 'withdrawn', 'revised') as change,
    old.quality as quality_before,
    new.quality as quality_after,
    old.stage_before,
    old.stage_after,
    coalesce(new.table_id, old.table_id) as table_id,
    source.publisher
from raw.superseded as old
left join version as new
    on new.indicator_id = old.indicator_id
    and new.municipality_code = old.municipality_code
    and new.period = old.period
    and new.known_since = old.known_until
left join raw.source_table as source on source.table_id = coalesce(new.table_id, old.table_id)
order by changed_at, old.indicator_id, old.municipality_code, old.period
