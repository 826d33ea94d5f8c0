-- one row: two groups of one net that have members in common today, seen from the first
-- as of: current
-- key: net, group_id, other_id
-- net: see mart.municipality_position
-- group_id: network_id or cooperation_id
-- other_id: the other group
-- members: members of the first
-- other_members: members of the other
-- shared: members in common
-- bridged_by: their codes
-- nested_share: share of the first's members that are in the other too, percent; 100 where it lies
--     inside the other
-- jaccard: members in common as a share of all that are in either, percent (Jaccard 1912)
-- expected: members in common in the mean of 500 random nets in which every municipality and every
--     group has as many ties
-- as_many_by_chance: share of these nets with at least as many in common, percent; near 0 is more
--     than chance
with computed as (
    select
        net,
        unnest(net_overlaps(
            list(
                {'municipality': municipality_code, 'county': county_code, 'group': group_id}
                order by municipality_code, group_id
            )
        )) as pair
    from mart.group_tie()
    group by net
)

select
    net,
    pair['group'] as group_id,
    pair.other as other_id,
    pair.members,
    pair.other_members,
    len(pair.shared)::integer as shared,
    pair.shared as bridged_by,
    100.0 * len(pair.shared) / pair.members as nested_share,
    100.0 * len(pair.shared) / (pair.members + pair.other_members - len(pair.shared)) as jaccard,
    pair.expected,
    pair.as_many_by_chance
from computed
order by net, group_id, shared desc, other_id
