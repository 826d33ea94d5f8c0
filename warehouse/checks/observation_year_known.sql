-- protects: every figure is of a year whose municipal division is known, so that none is lost
-- severity: block
select indicator_id, table_id, reported_code, period
from staging.observation
anti join core.division_year using (year)
order by all
