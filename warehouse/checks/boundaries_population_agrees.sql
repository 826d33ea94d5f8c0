-- finds: population figure/figures differs/differ from SSB's own sum where SSB's is on today's
--     division
-- why: municipalities carried to today's division give the publisher's own sum wherever SSB
--     gives one; a municipality that was divided is compared together with all its parts
-- severity: block
-- concerns: everything
with way as (
    select division_year.year, crosswalk.from_code, crosswalk.to_code as code
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year on division_year.division = crosswalk.from_date
    where crosswalk.to_date = (select max(valid_from) from core.division)
),

published as (
    -- not of a list that the publisher has not brought to today's division yet
    select published.year, published.code, published.population
    from staging.population_publisher_sum as published
    inner join core.publisher_division as list using (table_id)
    where list.is_today
),

union_of_parts as (
    select year, code, min(first_part) as union_of
    from (
        select year, code, min(code) over (partition by year, from_code) as first_part
        from way
    )
    group by year, code
),

together as (
    select
        parts.year,
        parts.union_of,
        -- nothing where one of them has no figure
        if(count(ours.value) = count(*), round(sum(ours.value)), null) as ours,
        sum(published.population) as published
    from union_of_parts as parts
    left join published using (year, code)
    left join mart.observation as ours
        on ours.indicator_id = 'population'
        and ours.municipality_code = parts.code
        and ours.period = parts.year::varchar
    group by parts.year, parts.union_of
)

select year, union_of as code, ours, published
from together
where published is not null and ours is distinct from published
order by all
