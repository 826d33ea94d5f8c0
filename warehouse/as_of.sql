-- The figures known at a moment, with what mart.observation says of a figure: where it is not kept by
-- vintage (name, unit, warnings) as it is today. Figures of an indicator that is no longer in the
-- catalogue are in mart.observation_as_of only.
select
    known.indicator_id,
    known.municipality_code,
    municipality.municipality_name,
    known.period,
    try_cast(known.period[1:4] as integer) as year,
    core.period_start(known.period) as period_start,
    known.value,
    indicator.unit,
    known.quality,
    known.status,
    known.missing_reason,
    coalesce(today.warnings, []) as warnings,
    known.table_id,
    known.known_since,
    known.known_until
from mart.observation_as_of(?) as known
inner join raw.indicator as indicator using (indicator_id)
left join mart.municipality as municipality using (municipality_code)
left join mart.observation as today using (indicator_id, municipality_code, period)
order by known.indicator_id, known.municipality_code, known.period
