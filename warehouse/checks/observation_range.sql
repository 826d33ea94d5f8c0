-- finds: figure/figures is/are outside the bounds of the catalogue
-- why: an impossible figure is not published
-- severity: block
-- concerns: sources
select
    observation.indicator_id,
    observation.municipality_code,
    observation.period,
    observation.value,
    indicator.minimum,
    indicator.maximum,
    core.tables_of(observation.reply_ids) as table_ids
from mart.observation as observation
inner join raw.indicator as indicator using (indicator_id)
where
    observation.value < indicator.minimum
    or observation.value > indicator.maximum
    or not isfinite(observation.value)
order by all
