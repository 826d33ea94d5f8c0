-- protects: every municipality in the register of the action zone is a municipality of today
-- severity: block
select municipality_code, municipality_name
from raw.action_zone
anti join mart.municipality using (municipality_code)
order by all
