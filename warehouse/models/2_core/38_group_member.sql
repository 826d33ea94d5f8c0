-- one row: a municipality of a division in a group: what mart.aggregate adds up
-- key: kind, group_code, division, municipality_code, valid_from_text
-- kind: country and county, in every division; economic_region, centrality_class, kostra_group,
--     district (by the ministry's definition, or not) and network, in today's
-- group_code: code of the group: of a county two digits, of the country 0, of a network its network_id
-- group_name: what the group is called
-- division: core.division.valid_from
-- municipality_code: the municipality, by its code in that division
-- valid_from_text: of a network, when membership began, as precisely as published; empty where that
--     is not found, and for other groups
-- valid_to: of a network, its last day, month or year; NULL where not found
with today as (
    select max(valid_from) as division from core.division
),

in_division as (
    select distinct division, code as municipality_code from core.division_piece
),

class as (
    select
        municipality_code,
        unnest([
            {kind: 'economic_region', code: economic_region_code, name: economic_region_name},
            {kind: 'centrality_class', code: centrality_class::varchar,
             name: 'centrality class ' || centrality_class},
            {kind: 'kostra_group', code: kostra_group, name: kostra_group_name},
            {kind: 'district', code: if(is_district, 'district', 'other'),
             name: if(is_district, 'district municipalities', 'other municipalities')}
        ]) as class
    from core.municipality
    cross join (
        select centrality_classes from raw.district_rule where definition_id = 'centrality_4_6'
    ) as rule
    cross join lateral (
        select list_contains(rule.centrality_classes, centrality_class) as is_district
    )
    where municipality_code <> '9999'
),

group_member as (
    select 'country' as kind, '0' as group_code, 'Norge' as group_name, in_division.*
    from in_division
    union all
    select
        'county', left(in_division.municipality_code, 2),
        coalesce(county.county_name, left(in_division.municipality_code, 2)), in_division.*
    from in_division
    left join core.county_name as county
        on county.county_code = left(in_division.municipality_code, 2)
    union all
    select class.kind, class.code, coalesce(class.name, class.code), today.division, municipality_code
    from class
    cross join today
    where class.code is not null
)

select *, '' as valid_from_text, null::varchar as valid_to from group_member
union all
select
    'network', network_id, network.name, today.division, membership.municipality_code,
    membership.valid_from_text, membership.valid_to
from core.network_membership as membership
inner join raw.network as network using (network_id)
cross join today
order by all
