-- finds: year/years in which the counties together differs/differ from SSB's population of the country
-- why: a sum over municipalities is given only where the figures cover the ground of the group, so
--     all counties of mart.aggregate are what SSB publishes of the country
-- severity: block
-- concerns: everything
with together as (
    -- what mart.aggregate gives of counties, without the count of their municipalities
    select year, sum(value) as summed
    from core.series(
        ['population'],
        (select max(year(valid_on)) from staging.klass_code),
        kind := 'county',
        on_day := (select max(valid_on) from staging.klass_code)
    )
    group by year
    having count(value) = count(*)
)

select together.year, country.value as published, together.summed
from together
inner join staging.observation as country using (year)
where
    country.indicator_id = 'population'
    and country.region_kind = 'country'
    and country.value <> together.summed
order by all
