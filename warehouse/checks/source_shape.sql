-- finds: source/sources has/have another structure than agreed
-- why: nothing is read from a source whose structure changed until a person has looked
-- severity: warn
select table_id, replace(difference, chr(10), '; ') as difference
from raw.shape_difference
order by all
