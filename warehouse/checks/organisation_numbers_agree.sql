-- protects: the reader's knowledge of municipalities to which two sources give different organisation
--     numbers
-- severity: warn
select municipality_code, list(distinct organisation_number order by organisation_number) as numbers
from raw.organisation
group by municipality_code
having len(numbers) > 1
order by all
