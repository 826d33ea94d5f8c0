-- protects: every indicator whose tables were asked has figures: one that silently lost them all is
--     found
-- severity: block
select indicator_id, table_ids
from mart.indicator
where is_asked and figures = 0
order by all
