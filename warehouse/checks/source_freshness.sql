-- protects: the reader's knowledge that a StatBank table has not been changed by its publisher for
--     more than two years
-- severity: warn
select table_id, updated
from mart.source_table
where updated < (select max(accessed_at) from mart.source_table) - interval 2 year
order by all
