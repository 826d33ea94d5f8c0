-- protects: population carried to today's division equals the publisher's own sum for each
--     municipality, or, where a municipality was divided, for all that it was divided among
-- severity: block
with way as (
    select *
    from core.crosswalk
    where to_date = (select max(valid_from) from core.division)
),

carried as (
    select reported.year, reported.code, reported.population, way.to_code,
        count(*) over (partition by reported.year, reported.code) as goes_to,
        min(way.to_code) over (partition by reported.year, reported.code) as first_target
    from staging.population_reported as reported
    inner join core.division_year as division_year using (year)
    inner join way on way.from_date = division_year.division and way.from_code = reported.code
    where reported.population is not null
),

-- those among whom one municipality was divided are compared as one
together as (
    select year, to_code, min(first_target) as union_of from carried group by year, to_code
),

ours as (
    select year, union_of, sum(population) as population
    from (
        select distinct carried.year, together.union_of, carried.code, carried.population
        from carried
        inner join together using (year, to_code)
    )
    group by year, union_of
),

theirs as (
    select together.year, together.union_of, sum(published.population) as population
    from together
    inner join staging.population_publisher_sum as published
        on published.year = together.year and published.code = together.to_code
    group by together.year, together.union_of
    having count(published.population) > 0
)

select
    ours.year,
    ours.union_of as code,
    ours.population as carried,
    theirs.population as published
from ours
inner join theirs using (year, union_of)
where ours.population <> theirs.population
order by all
