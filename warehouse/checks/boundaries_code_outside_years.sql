-- finds: year/years of a table uses/use codes that were not in force
-- why: such a figure is used only where the codes in force give nothing
-- severity: warn
select
    observation.series_id,
    observation.year,
    count(distinct observation.reported_code) as codes,
    list(distinct observation.reported_code order by observation.reported_code)[1:5] as first_codes
from core.observation_reported as observation
semi join core.municipality_version as version on version.code = observation.reported_code
left join core.division_year as division_year using (year)
anti join core.crosswalk as in_force
    on in_force.from_date = division_year.division
    and in_force.to_date = division_year.division
    and in_force.from_code = observation.reported_code
where observation.value is not null
group by observation.series_id, observation.year
order by all
