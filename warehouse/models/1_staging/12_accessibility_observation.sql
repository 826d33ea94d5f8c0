-- one row: what a municipality's own accessibility statements add up to on the day of the register
-- key: indicator_id, reported_code
with statement as (
    select * from raw.accessibility_statement
),

organisation as (
    select * from raw.organisation
),

counted as (
    select
        organisation.municipality_code as reported_code,
        statement.as_of,
        min(statement.reply_id) as reply_id,
        count(*) as statements,
        sum(statement.breaches) as breaches,
        count(*) filter (
            statement.updated_on >= statement.as_of - interval 1 year
        ) as updated
    from statement
    inner join organisation using (organisation_number)
    group by organisation.municipality_code, statement.as_of
),

measured as (
    unpivot counted on statements, breaches, updated into name measure value value
)

select
    origin.indicator_id,
    measured.reported_code,
    measured.as_of::varchar as period,
    measured.value::double as value,
    null::varchar as status,
    indicator.unit,
    measured.reply_id
from measured
inner join raw.indicator_origin as origin using (measure)
inner join raw.indicator as indicator using (indicator_id)
