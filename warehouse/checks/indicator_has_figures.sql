-- finds: indicator/indicators has/have no figures though the tables were fetched
-- why: a source that silently loses an indicator is noticed
-- severity: block
select indicator_id, table_ids
from mart.indicator
where is_asked and figures = 0
order by all
