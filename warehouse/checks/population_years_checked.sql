-- finds: year/years has/have no national total to compare with
-- why: the check of national totals must not pass for want of figures. The last three years with
--     figures are looked at, in the codes of their own year
-- severity: block
-- concerns: everything
with own as (
    select
        year,
        count(*) filter (value is not null) as known,
        (
            select count(*)
            from core.crosswalk as crosswalk
            inner join core.division_year as division_year
                on division_year.division = crosswalk.from_date
            where division_year.year = observation.year
                and crosswalk.from_date = crosswalk.to_date
        ) as municipalities
    from staging.observation as observation
    where indicator_id = 'population' and division = 'own' and region_kind = 'municipality'
    group by year
    having known > 0
),

wanted as (
    select *
    from own
    qualify row_number() over (order by year desc) <= 3
)

select year, known, municipalities
from wanted
where known < municipalities
    or not exists (
        from staging.observation as country
        where country.indicator_id = 'population'
            and country.region_kind = 'country'
            and country.year = wanted.year
            and country.value is not null
    )
union all
select null, 0, (select count(*) from core.municipality)
where not exists (from own)
order by all
