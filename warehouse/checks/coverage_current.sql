-- protects: the reader's knowledge of indicators that do not have all municipalities in their
--     last period
-- severity: warn
select indicator_id, last_period, municipalities
from mart.indicator
where is_asked and municipalities < (select count(*) from mart.municipality)
