-- finds: membership/memberships of a network reaches/reach no municipality of today
-- why: no member of a network is lost when municipalities change
-- severity: warn
select network_id, municipality_code, code_year
from raw.network_membership as membership
where not exists (
    from mart.network_membership as found
    where found.network_id = membership.network_id
        and list_contains(string_split(found.reported_code, ' ; '), membership.municipality_code)
        and found.municipality_name is not null
)
order by all
