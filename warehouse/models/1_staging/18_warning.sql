-- one row: what is to be known of the figures of a table or an indicator: what the catalogue says,
--     and that unrevised KOSTRA figures are preliminary
-- period: NULL for all periods
select subject_id, warning, period from raw.warning
union
select table_id, 'preliminary', period
from staging.release_stage
where release_stage = 'unrevised'
