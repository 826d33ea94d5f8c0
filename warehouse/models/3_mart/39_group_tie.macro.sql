-- The nets that positions and overlaps are computed of: each leaves something out, so that its effect
-- is seen.
create or replace macro mart.group_tie() as table
with tie as (
    select distinct
        tie.municipality_code, municipality.county_code, tie.group_id, tie.group_kind,
        bool_or(tie.strength = 'strong') as is_strong
    from mart.network_tie as tie
    inner join mart.municipality as municipality using (municipality_code)
    where not tie.has_ended
    group by all
)

select 'networks' as net, * from tie where group_kind = 'network'
union all
select 'networks_strong', * from tie where group_kind = 'network' and is_strong
union all
select 'ict', * from tie where group_kind <> 'child_welfare'
union all
select 'all', * from tie;

comment on macro table mart.group_tie is
    'who is in which group today, in each net that positions are computed of: group_tie()';
