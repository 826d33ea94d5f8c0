-- protects: the reader's knowledge of indicators that mean to have all municipalities, and lack some
--     in their last period
-- severity: warn
select indicator_id, last_period, municipalities
from mart.indicator
where is_asked
    and not list_contains(warnings, 'partial_coverage')
    and municipalities < (select count(*) from mart.municipality)
order by all
