-- finds: year/years differs/differ from SSB's population of the country
-- why: the municipalities of today together are the country, in every year in which all have a
--     figure
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
