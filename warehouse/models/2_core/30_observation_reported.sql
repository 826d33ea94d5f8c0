-- one row: a figure of a municipality as it is to be carried to another division
-- key: indicator_id, reported_code, period
-- indicator_id: the indicator with its table and division behind `@`, since figures of one
--     indicator may come in several divisions and are carried apart
-- year: the year in whose division the code is read
-- weight_indicator_id: for a weighted mean, the weight in the same division
with observation as (
    select * from staging.observation where region_kind = 'municipality'
),

indicator as (
    select * from raw.indicator
)

select
    observation.indicator_id || '@' || observation.table_id || '@' || observation.division
        as indicator_id,
    observation.reported_code,
    observation.period,
    observation.code_year as year,
    observation.value,
    observation.status,
    observation.reply_id,
    indicator.aggregate as aggregation,
    indicator.weight
    || if(observation.division = 'own', '@ssb_07459@own', '@ssb_07459@current')
        as weight_indicator_id,
    indicator.zero_is_missing
from observation
inner join indicator using (indicator_id)
