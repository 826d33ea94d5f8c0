-- protects: the reader's knowledge that SSB's own sums put the whole of a divided municipality in
--     one of its parts, or leave a part out, where ours are estimates
-- severity: warn
with carried as (
    select reported.year, way.to_code as code,
        if(count(way.weight) = count(*), round(sum(reported.population * way.weight)), null) as ours
    from staging.population_reported as reported
    inner join core.division_year as division_year using (year)
    inner join core.crosswalk as way
        on way.from_date = division_year.division
        and way.from_code = reported.code
        and way.to_date = (select max(valid_from) from core.division)
    where reported.population is not null
    group by reported.year, way.to_code
    having min(way.weight) < 1 or count(way.weight) < count(*)
)

select carried.year, carried.code, carried.ours, published.population as published
from carried
inner join staging.population_publisher_sum as published using (year, code)
where carried.ours is distinct from published.population
order by carried.code, carried.year
