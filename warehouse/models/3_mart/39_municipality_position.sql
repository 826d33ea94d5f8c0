-- one row: where a municipality stands in a net of municipalities that are in the same groups today
-- as of: current
-- key: net, municipality_code
-- net: networks (on any evidence), networks_strong (on strong evidence only), ict (networks and
--     co-operations on ICT) or all (those on child welfare too); memberships known to have ended
--     are left out
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- county_name: the county's name in Norwegian
-- groups: groups it is in
-- degree: other municipalities it meets in at least one group
-- weighted_degree: the same, each counted as often as they have groups in common
-- betweenness: share of the shortest ways between all others that go through it, 0 to 1
-- clustering: share of the pairs of those it meets who meet each other; high inside any one group
-- county_share: share of its weighted degree that is inside its own county, percent
-- bridges: pairs of its groups that have no other member in common
-- warnings: weak_membership_basis where one of its groups is known on weak evidence only
with computed as (
    select
        net,
        unnest(net_positions(
            list(
                {'municipality': municipality_code, 'county': county_code, 'group': group_id}
                order by municipality_code, group_id
            )
        )) as position
    from mart.group_tie()
    group by net
),

weak as (
    select distinct net, municipality_code from mart.group_tie() where not is_strong
)

select
    computed.net,
    municipality.municipality_code,
    municipality.municipality_name,
    municipality.county_name,
    computed.position['groups'] as groups,
    computed.position.degree,
    computed.position.weighted_degree,
    computed.position.betweenness,
    computed.position.clustering,
    computed.position.county_share,
    computed.position.bridges,
    if(weak.net is null, [], ['weak_membership_basis']) as warnings
from computed
inner join mart.municipality as municipality
    on municipality.municipality_code = computed.position.municipality
left join weak
    on weak.net = computed.net and weak.municipality_code = municipality.municipality_code
order by computed.net, municipality.municipality_code
