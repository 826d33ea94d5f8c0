-- finds: figure/figures has/have a year without a known division
-- why: no figure is lost for want of a division
-- severity: block
-- concerns: sources
select indicator_id, table_id, reported_code, period, [table_id] as table_ids
from staging.observation
anti join core.division_year using (year)
order by all
