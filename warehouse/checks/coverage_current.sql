-- finds: indicator/indicators lacks/lack municipalities in the last period
-- why: an indicator that is to cover the country does so
-- severity: warn
select indicator_id, last_period, municipalities
from mart.indicator
where is_asked
    and not list_contains(warnings, 'partial_coverage')
    and municipalities < (select count(*) from mart.municipality)
order by all
