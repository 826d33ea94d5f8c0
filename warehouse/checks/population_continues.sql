-- finds: municipality/municipalities has/have a population that does not follow from the year before
-- why: all other figures are weighed and carried by population. A change is too large beyond twice
--     the largest of any earlier year, and beyond a half
-- severity: block
-- concerns: everything
with change as (
    select
        year, municipality_code, municipality_name, value,
        lag(value) over one_municipality as year_before,
        abs(value / nullif(year_before, 0) - 1) as relative_change
    from mart.observation
    where indicator_id = 'population' and value is not null
    window one_municipality as (partition by municipality_code order by year)
    qualify lag(year) over one_municipality = year - 1
),

largest as (
    select year, max(relative_change) as seen from change group by year
)

select year, municipality_code, municipality_name, year_before, value as population
from change
where year = (select max(year) from change)
    and relative_change > greatest(
        0.5, 2 * coalesce((select max(seen) from largest where largest.year < change.year), 0)
    )
order by all
