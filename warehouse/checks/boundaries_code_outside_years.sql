-- finds: year/years of a table uses/use codes that were not in force
-- why: such a figure is used only where the codes in force give nothing
-- severity: warn
with in_force as (
    select division_year.year, crosswalk.from_code
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year on division_year.division = crosswalk.from_date
    where crosswalk.to_date = crosswalk.from_date
)

select
    observation.series_id,
    observation.year,
    count(distinct observation.reported_code) as codes,
    list(distinct observation.reported_code order by observation.reported_code)[1:5] as first_codes
from core.observation_reported as observation
semi join core.municipality_version as version on version.code = observation.reported_code
anti join in_force
    on in_force.year = observation.year
    and in_force.from_code = observation.reported_code
where observation.value is not null
group by observation.series_id, observation.year
order by all
