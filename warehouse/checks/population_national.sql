-- finds: year/years differs/differ from SSB's population of the country
-- why: municipalities together are the country, in the codes of the year and on today's division,
--     in every year in which all have a figure
-- severity: block
-- concerns: everything
with country as (
    select year, value as published
    from staging.observation
    where indicator_id = 'population' and region_kind = 'country' and value is not null
),

together as (
    select year, 'today''s division' as codes, round(sum(value)) as summed
    from mart.observation
    where indicator_id = 'population'
    group by year
    having count(value) = (select count(*) from core.municipality)
    union all
    select year, 'the codes of the year', sum(value)
    from staging.observation
    where indicator_id = 'population' and division = 'own' and region_kind = 'municipality'
    group by year
    having sum(value) > 0
)

select country.year, together.codes, country.published, together.summed
from country
inner join together using (year)
where country.published <> together.summed
order by all
