-- finds: municipality/municipalities of the action zone was/were not in force in the year of its/their code
-- why: whoever has its ground today is in the action zone
-- severity: warn
select municipality_code, municipality_name, code_year
from raw.action_zone as zone
left join core.division_year as division_year on division_year.year = zone.code_year
anti join core.crosswalk as crosswalk
    on crosswalk.from_date = division_year.division
    and crosswalk.to_date = division_year.division
    and crosswalk.from_code = zone.municipality_code
order by all
