-- finds: year/years has/have no national total to compare with
-- why: the check of national totals must not pass for want of figures
-- severity: block
with wanted as (
    select unnest(['2024', '2025', '2026']) as period
),

country as (
    select period
    from staging.observation
    where indicator_id = 'population' and region_kind = 'country' and value is not null
),

complete as (
    select period
    from mart.observation
    where indicator_id = 'population'
    group by period
    having count(value) = (select count(*) from core.municipality)
)

select period as year_without_comparison
from wanted
where period not in (from country) or period not in (from complete)
order by all
