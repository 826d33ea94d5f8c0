-- one row: how many data sets a municipality has in data.norge.no on the day of the search
-- key: indicator_id, reported_code
with data_set as (
    select data_set.*, organisation.municipality_code as reported_code
    from raw.data_set as data_set
    inner join staging.organisation as organisation using (organisation_number)
),

day as (
    select max(as_of) as day from raw.data_set
),

counted as (
    select
        reported_code,
        min(reply_id) as reply_id,
        count(*) as data_sets,
        count(*) filter (is_open) as open_data_sets
    from data_set
    group by reported_code
),

measured as (
    unpivot counted on data_sets, open_data_sets into name measure value value
)

select
    origin.indicator_id,
    measured.reported_code,
    day.day::varchar as period,
    measured.value::double as value,
    null::varchar as status,
    indicator.unit,
    measured.reply_id
from measured
cross join day
inner join raw.indicator_origin as origin using (measure)
inner join raw.source_table as source
    on source.table_id = origin.table_id and source.kind = 'datanorge'
inner join raw.indicator as indicator using (indicator_id)
