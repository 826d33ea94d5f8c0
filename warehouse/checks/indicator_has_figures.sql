-- protects: every indicator of the catalogue has figures: one that silently lost them all is found
-- severity: block
select indicator_id, table_ids
from mart.indicator
where figures = 0
