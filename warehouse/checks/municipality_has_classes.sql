-- finds: municipality/municipalities lacks/lack county, centrality class, KOSTRA group or
--     organisation number
-- why: cases are selected by these
-- severity: warn
select municipality_code, county_code, centrality_class, kostra_group, organisation_number
from mart.municipality
where
    county_code is null
    or centrality_class is null
    or kostra_group is null
    or organisation_number is null
order by all
