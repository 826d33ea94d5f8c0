-- finds: year/years loses/lose or gains/gain inhabitants on the way to today's division
-- why: nobody is counted twice or lost where the shares of divided municipalities are known
-- severity: block
-- concerns: everything
with reported as (
    select population.year, population.code, population.population, division_year.division
    from staging.population_reported as population
    inner join core.division_year as division_year using (year)
    where population.population is not null
),

carried as (
    select reported.year, reported.code, sum(reported.population * crosswalk.weight) as population,
        count(crosswalk.to_code) > count(crosswalk.weight) as is_unknown
    from reported
    left join core.crosswalk as crosswalk
        on crosswalk.from_date = reported.division
        and crosswalk.from_code = reported.code
        and crosswalk.to_date = (select max(valid_from) from core.division)
    group by reported.year, reported.code
)

select reported.year, sum(reported.population) as reported, round(sum(carried.population)) as carried
from reported
inner join carried using (year, code)
where not carried.is_unknown
group by reported.year
having sum(reported.population) is distinct from round(sum(carried.population))
order by all
