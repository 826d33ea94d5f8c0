-- finds: table/tables was/were last updated by SSB more than two years ago
-- why: some tables end without being marked as discontinued
-- severity: warn
select table_id, updated
from mart.source_table
where updated < (select max(accessed_at) from mart.source_table) - interval 2 year
order by all
