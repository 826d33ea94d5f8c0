-- protects: the municipalities of today together have as many people as the publisher says the
--     country has, in every year in which all of them have a figure
-- severity: block
with country as (
    select period, value as published
    from staging.observation
    where indicator_id = 'population' and region_kind = 'country' and value is not null
),

together as (
    select period, round(sum(value)) as summed
    from mart.observation
    where indicator_id = 'population'
    group by period
    having count(value) = (select count(*) from core.municipality)
)

select country.period, country.published, together.summed
from country
inner join together using (period)
where country.published <> together.summed
order by all
