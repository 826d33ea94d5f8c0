-- finds: municipality/municipalities has/have different organisation numbers in two sources
-- why: organisation numbers join registers
-- severity: warn
select municipality_code, list(distinct organisation_number order by organisation_number) as numbers
from raw.organisation
group by municipality_code
having len(numbers) > 1
order by all
