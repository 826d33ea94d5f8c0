-- protects: figures from being read out of a source whose shape changed before a person has looked
-- severity: warn
select table_id, replace(difference, chr(10), '; ') as difference
from raw.shape_difference
order by all
