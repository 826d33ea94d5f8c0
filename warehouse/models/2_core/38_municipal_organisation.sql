-- one row: a body that is a municipality of today, or one of before that is whole in one of today. A
--     municipality of before that was divided is in nobody
-- key: organisation_number
-- organisation_number: organisation number of the body
-- municipality_code: the municipality of today
select organisation.organisation_number, crosswalk.to_code as municipality_code
from staging.organisation as organisation
inner join core.crosswalk as crosswalk
    on crosswalk.from_code = organisation.municipality_code
    and crosswalk.to_date = (select max(valid_from) from core.division)
    and crosswalk.weight = 1
qualify row_number() over (
    partition by organisation.organisation_number
    order by crosswalk.from_date desc, crosswalk.to_code
) = 1
