-- finds: membership/memberships of a network reaches/reach no municipality of today
-- why: no member of a network is lost when municipalities change
-- severity: block
select network_id, municipality_code, code_year
from raw.network_membership
except
select network_id, reported_code, code_year
from mart.network_membership
where municipality_name is not null
order by all
