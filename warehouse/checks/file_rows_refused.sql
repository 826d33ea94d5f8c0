-- protects: rows of files that could not be placed in a municipality are seen, not lost
-- severity: warn
select table_id, row, said, reason
from mart.refused_row
order by all
