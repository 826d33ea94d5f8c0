-- finds: population/populations does/do not follow from the year before
-- why: all other figures are weighed and carried by population. A change is too large beyond a
--     half, and beyond twice the largest that a municipality of its rank had in any earlier year;
--     that of the country, beyond twice the largest of any earlier year
-- severity: block
-- concerns: everything
-- remedy: If a figure is true, accept it: digidistrikt contracts accept ssb_07459 --population
--     CODE:YEAR=FIGURE --why "how you know"
with country as (
    -- municipalities with a figure in both years
    select year, sum(value) as value, sum(value_before) as year_before
    from (
        select
            year,
            value,
            lag(value) over one_municipality as value_before
        from mart.observation
        where indicator_id = 'population' and value is not null
        window one_municipality as (partition by municipality_code order by year)
        qualify lag(year) over one_municipality = year - 1
    )
    group by year
),

growth as (
    select
        *,
        abs(ln(if(value > 0 and year_before > 0, value / year_before, null))) as size,
        year = max(year) over () as is_newest
    from country
),

large as (
    select year, municipality_code, year_before, value
    from mart.newest_change
    where indicator_id = 'population' and size > greatest(ln(1.5), 2 * coalesce(largest_before, 0))
    union all
    select year, 'country', year_before, value
    from growth
    where is_newest and size > 2 * (select max(size) from growth where not is_newest)
)

select year, municipality_code, year_before, value as population
from large
anti join raw.accepted_population using (municipality_code, year, value)
order by all
