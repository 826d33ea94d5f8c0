-- as of: current
-- Sums over groups of municipalities
create or replace macro core.known_grouping(name, on_year) as case
    when name is null or on_year is null then name
    when name not in (select kind from core.group_member)
        then error(
            'There are no groups by ''' || name || '''; there are those by '
            || (select string_agg(distinct kind, ', ' order by kind) from core.group_member) || '.'
        )
    when (name, (select division from core.division_year where year = on_year)) not in (
        select (kind, division) from core.group_member
    )
        then error(
            'Groups by ' || name || ' are known of the municipalities of today only: '
            || (select max(year(valid_on)) from staging.klass_code) || ', not ' || on_year || '.'
        )
    else name
end;

create or replace macro core.aggregate(which, of_kind, on_year, on_day) as table
with wanted as materialized (
    select
        which as name,
        on_year as division_year,
        of_kind as kind,
        coalesce(
            on_day::date, (select max(as_of) from raw.reply where upstream <> 'file')
        ) as members_on
),

municipal as materialized (
    from core.series((select list(name) from wanted where name is not null), on_year)
    union all by name
    from core.composite((select list(name) from wanted where name is not null), on_year)
),

total as materialized (
    from core.series(
        (select list(name) from wanted where name is not null),
        on_year,
        kind := of_kind,
        on_day := (select members_on from wanted)
    )
),

member as materialized (
    from core.member(of_kind, on_year, (select members_on from wanted))
),

known as (
    -- of each group and period, for how many of its municipalities there is a figure
    select
        municipal.indicator_id,
        member.group_code,
        any_value(member.group_name) as group_name,
        municipal.period,
        any_value(municipal.year) as year,
        any_value(municipal.period_start) as period_start,
        any_value(municipal.unit) as unit,
        count(municipal.value) as municipalities_known
    from member
    inner join municipal using (municipality_code)
    group by municipal.indicator_id, member.group_code, municipal.period
),

size as (
    select group_code, count(*) as municipalities_in_group from member group by group_code
)

select
    known.indicator_id,
    known.group_code,
    known.group_name,
    known.period,
    known.year,
    known.period_start,
    total.value,
    known.unit,
    known.municipalities_known,
    size.municipalities_in_group,
    coalesce(total.quality, 'not_comparable') as quality,
    case
        when total.value is not null then null
        when indicator.aggregate in ('none', 'composite')
            then 'a figure of this kind can be neither added nor averaged'
        when known.municipalities_known = size.municipalities_in_group
            and indicator.aggregate <> 'weighted_mean'
            then 'a figure of the publisher holds a municipality whole of which the group has a part'
        else 'the figures known do not cover the ground of the group: '
            || known.municipalities_known || ' of ' || size.municipalities_in_group
            || ' municipalities have one'
    end as missing_reason,
    coalesce(total.warnings, []) as warnings,
    wanted.division_year,
    wanted.members_on
from known
cross join wanted
inner join size using (group_code)
inner join raw.indicator as indicator using (indicator_id)
left join total
    on total.indicator_id = known.indicator_id
    and total.municipality_code = known.group_code
    and total.period = known.period
order by known.indicator_id, known.group_code, known.period;

create or replace macro mart.aggregate(indicator, "by", division, on_day := null) as table
from core.aggregate(
    core.known_indicator(indicator),
    core.known_grouping("by", core.known_year(division)),
    core.known_year(division),
    on_day
);

comment on macro table mart.aggregate is
'an indicator of a group of municipalities in a period, as in
from mart.aggregate(''population'', ''county'', 2026). By country, county, economic_region,
centrality_class, kostra_group, district or network; countries and counties on the division of any
year since 1964, others on that of today. Counts are summed, ratios made again of the sums, means
weighted; what can be neither is NULL. Figures are taken as reported of whoever had the ground of the
group at the time, and value is NULL unless they cover it all; municipalities_known of
municipalities_in_group have a figure of their own. Who was in a network is known for a day:
members_on, the day of the warehouse or the one asked for, as in
mart.aggregate(''population'', ''network'', 2026, on_day := ''2024-06-01'').';
