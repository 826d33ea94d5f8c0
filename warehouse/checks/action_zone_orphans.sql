-- finds: municipality/municipalities of the action zone is/are not in force today
-- why: the register of the action zone follows the division of today
-- severity: block
select municipality_code, municipality_name
from raw.action_zone
anti join mart.municipality using (municipality_code)
order by all
