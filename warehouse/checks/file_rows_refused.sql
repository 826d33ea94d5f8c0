-- protects: rows of files that could not be placed in a municipality are seen, not lost
-- severity: warn
select table_id, row, raw_value, reason
from mart.refused_row
order by all
