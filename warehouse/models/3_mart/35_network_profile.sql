-- one row: a network and what its known members add up to
-- key: network_id
-- as of: recomputed
-- network_id: see mart.network
-- network_name: the name it goes by
-- scope: regional or sub_regional
-- members: municipalities known as members, on any evidence
-- strong_members: those known on strong evidence
-- members_by_basis: number of members for each kind of evidence
-- stated_members: the newest number of members a source gives without naming them
-- population: people in the known members in the newest year
-- district_members: known members in centrality class 4, 5 or 6
-- district_share: share of known members in centrality class 4, 5 or 6, percent
-- warnings: weak_membership_basis where any member is known on weak evidence only
with member as (
    select distinct network_id, municipality_code, basis, strength from mart.network_membership
),

newest as (
    select municipality_code, value as population
    from mart.observation
    where indicator_id = 'population' and value is not null
    qualify period = max(period) over ()
),

one_row_a_member as (
    select network_id, municipality_code, bool_or(strength = 'strong') as is_strong
    from member
    group by network_id, municipality_code
),

profile as (
    select
        one_row_a_member.network_id,
        count(*) as members,
        count(*) filter (one_row_a_member.is_strong) as strong_members,
        sum(newest.population)::bigint as population,
        count(*) filter (municipality.is_district) as district_members,
        bool_or(not one_row_a_member.is_strong) as has_weak
    from one_row_a_member
    left join mart.municipality as municipality using (municipality_code)
    left join newest using (municipality_code)
    group by one_row_a_member.network_id
),

basis as (
    select network_id, map_from_entries(list((basis, members) order by basis)) as members_by_basis
    from (select network_id, basis, count(*) as members from member group by all)
    group by network_id
),

stated as (
    select network_id, arg_max(member_count, coalesce(valid_from, '')) as stated_members
    from raw.network_statement
    where member_count is not null
    group by network_id
)

select
    network.network_id,
    network.name as network_name,
    network.scope,
    coalesce(profile.members, 0) as members,
    coalesce(profile.strong_members, 0) as strong_members,
    basis.members_by_basis,
    stated.stated_members,
    profile.population,
    profile.district_members,
    100.0 * profile.district_members / profile.members as district_share,
    if(profile.has_weak, ['weak_membership_basis'], []) as warnings
from raw.network as network
left join profile using (network_id)
left join basis using (network_id)
left join stated using (network_id)
order by members desc, network.network_id
