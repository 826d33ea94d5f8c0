-- protects: every row of the membership register lands in a municipality of today
-- severity: block
select network_id, municipality_code, code_year
from raw.network_membership
except
select network_id, reported_code, code_year
from mart.network_membership
where municipality_name is not null
order by all
