-- one row: what a municipality's own accessibility statements add up to on the day of the register;
--     no row where a statement does not say what is added
-- key: indicator_id, reported_code
with statement as (
    select statement.*, organisation.municipality_code as reported_code
    from raw.accessibility_statement as statement
    inner join staging.organisation as organisation using (organisation_number)
),

day as (
    select max(as_of) as day from raw.accessibility_statement
),

counted as (
    select
        statement.reported_code,
        min(statement.reply_id) as reply_id,
        count(*) as statements,
        if(count(statement.breaches) = count(*), sum(statement.breaches), null) as breaches,
        if(
            count(statement.breaches) = count(*),
            count(*) filter (statement.breaches > 0),
            null
        ) as in_breach,
        count(*) filter (statement.updated_on >= day.day - interval 1 year) as updated,
        max(day.day) - max(statement.updated_on) as newest_update_age
    from statement
    cross join day
    group by statement.reported_code
),

measured as (
    unpivot counted on columns(* exclude (reported_code, reply_id))::double
    into name measure value value
)

select
    origin.indicator_id,
    measured.reported_code,
    day.day::varchar as period,
    measured.value,
    null::varchar as status,
    indicator.unit,
    measured.reply_id
from measured
cross join day
inner join raw.indicator_origin as origin using (measure)
inner join raw.source_table as source
    on source.table_id = origin.table_id and source.kind = 'uutilsynet'
inner join raw.indicator as indicator using (indicator_id)
