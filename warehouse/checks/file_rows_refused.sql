-- finds: row/rows of files was/were refused
-- why: a row that could not be placed in a municipality is shown, not lost
-- severity: warn
select table_id, row, raw_value, reason
from mart.refused_row
order by all
