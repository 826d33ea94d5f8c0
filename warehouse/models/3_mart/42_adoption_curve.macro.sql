-- by_what: country, county, centrality_class or network
create or replace macro mart.adoption_curve(adopted, by_what) as table
with member as (
    select municipality_code, 'country' as kind, 'Norge' as group_name from mart.municipality
    union all
    select municipality_code, 'county', county_name from mart.municipality
    union all
    select municipality_code, 'centrality_class', centrality_class::varchar from mart.municipality
    union all
    select distinct municipality_code, 'network', network_id from mart.network_membership
),

asked as (
    select * from member
    where kind = if(
        by_what in ('country', 'county', 'centrality_class', 'network'),
        by_what,
        error(by_what || ' is no grouping; write country, county, centrality_class or network.')
    )
),

event as (
    select * from mart.adoption
    where table_id = if(
        adopted in (select table_id from mart.adoption),
        adopted,
        error(adopted || ' is not in mart.adoption; its table_id says what is.')
    )
),

span as (
    select min(adopted_on) as first_day, max(last_seen_on) as last_day from event
),

month as (
    select least(next_month::date - 1, span.last_day) as on_day
    from span
    cross join lateral (
        select unnest(generate_series(
            date_trunc('month', span.first_day) + interval 1 month,
            date_trunc('month', span.last_day) + interval 1 month,
            interval 1 month
        )) as next_month
    )
)

select
    asked.group_name,
    month.on_day,
    count(*) as municipalities,
    count(*) filter (
        event.adopted_on <= month.on_day and coalesce(event.left_on > month.on_day, true)
    ) as adopters,
    100.0 * adopters / municipalities as share
from asked
cross join month
left join event using (municipality_code)
group by asked.group_name, month.on_day
order by asked.group_name, month.on_day;

comment on macro table mart.adoption_curve is
'who took something into use, month by month, as in
from mart.adoption_curve(''file_nav_digisos'', ''centrality_class''): group_name, on_day, municipalities of
today in the group, adopters, share in percent. adopted is a table_id of mart.adoption; by_what is country, county,
centrality_class or network (on any evidence, whenever it holds). For file_nav_digisos a share after
2019 is the least it can be: others came in by another way.';
