-- finds: figure/figures of population is/are accepted by a person
-- why: it would have kept everything back; who reads the figures is told whose word they stand on
-- severity: warn
select municipality_code, year, value, accepted_by, accepted_on, why
from raw.accepted_population
order by all
