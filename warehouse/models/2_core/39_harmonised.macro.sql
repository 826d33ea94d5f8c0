-- as of: current
-- Reported figures on one division, in three macros: in which division a code is read; what means are
-- weighted by; the figures carried, grouped and labelled. Of a few indicators it is faster:
-- core.harmonised(2019, indicators := ['population']). Sums over groups of municipalities are carried
-- in the same way, to the ground of a group: core.harmonised(2026, kind := 'county').
--
-- Two rules carry everything:
--   * a figure is read in the division of its own year. One under a code not in force that year
--     is read in the nearest division that has the code, and only where no code in force that year
--     gives a figure for any of the same ground: nothing is counted twice
--   * a municipality has a figure only if the parts that have one cover all its ground. No part is
--     made of a publisher's sum that holds more than the municipality's own ground
--   * a publisher's sum that holds a divided municipality whole is in the sum of a group only with
--     the sums of all its parts
--
-- Most figures go one-to-one and are carried without being grouped; that is what makes it fast.

-- The municipalities of groups of a kind in the division of a year; who is in a network, on a day
create or replace macro core.member(of_kind, on_year, on_day) as table
select distinct group_code, group_name, municipality_code
from core.group_member
where group_member.kind = of_kind
    and division = (select division from core.division_year where year = on_year)
    and valid_from_text <= left(on_day::date::varchar, len(valid_from_text))
    and (valid_to is null or valid_to >= left(on_day::date::varchar, len(valid_to)));

-- Figures under a code not in force in their year that are to be used, each with the division in
-- which its code is read and the codes in force that it stands for
create or replace macro core.read_elsewhere(indicators := null) as table
with observation as materialized (
    -- read once: the table may have very many figures of other indicators
    select *
    from core.observation_reported
    semi join (
        select series_id
        from core.published_series
        where indicators is null or list_contains(indicators, indicator_id)
    ) as asked using (series_id)
),

in_force as not materialized (
    select division_year.year, division_year.division, crosswalk.from_code as reported_code
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year on division_year.division = crosswalk.from_date
    where crosswalk.to_date = crosswalk.from_date
),

out_of_years as materialized (
    select observation.*
    from observation
    anti join in_force using (year, reported_code)
    where observation.value is not null
),

nearest as not materialized (
    -- from a code and a year outside its years, the nearest division that has the code
    select
        code.reported_code,
        year.year,
        arg_min(code.division, abs(code.division - year.division)) as read_in,
        min(abs(code.division - year.division)) as days_off,
        any_value(year.division) as own_division
    from (select distinct division, reported_code from in_force) as code
    semi join out_of_years using (reported_code)
    cross join core.division_year as year
    group by code.reported_code, year.year
),

stands_for as materialized (
    -- the codes in force that year on the ground of a code that was not
    select
        stray.series_id,
        stray.period,
        stray.year,
        stray.reported_code as stray_code,
        nearest.read_in,
        nearest.days_off,
        shared.to_code as reported_code
    from out_of_years as stray
    inner join nearest using (reported_code, year)
    inner join core.crosswalk as shared
        on shared.from_date = nearest.read_in
        and shared.from_code = stray.reported_code
        and shared.to_date = nearest.own_division
),

given as materialized (
    -- kept apart so that only series with such codes are looked through again
    select series_id, period, year, reported_code
    from observation
    where value is not null and series_id in (select series_id from out_of_years)
),

given_already as materialized (
    select distinct series_id, period, reported_code
    from given
    semi join stands_for using (series_id, period, year, reported_code)
),

ranked as not materialized (
    select
        stands_for.*,
        given.reported_code is null
        and row_number() over (
            partition by stands_for.series_id, stands_for.period, stands_for.reported_code
            order by stands_for.days_off, stands_for.stray_code
        ) = 1 as is_needed
    from stands_for
    left join given_already as given using (series_id, period, reported_code)
),

needed as materialized (
    select series_id, period, stray_code as reported_code, any_value(read_in) as division,
        list(reported_code) as stands_for
    from ranked
    group by series_id, period, stray_code
    having bool_and(is_needed)
)

select stray.*, needed.division, needed.stands_for
from out_of_years as stray
inner join needed using (series_id, period, reported_code);

-- What means are weighted by, in each division whose codes it is given in
create or replace macro core.mean_weight(indicators := null) as table
select
    weighing.indicator_id as weight_indicator_id,
    observation.period,
    division_year.division,
    observation.reported_code,
    arg_min(observation.value, weighing.preference) as weight_value
from core.published_series as weighing
inner join core.observation_reported as observation using (series_id)
inner join core.division_year as division_year using (year)
where weighing.indicator_id in (
    select weight_indicator_id
    from core.published_series
    where indicators is null or list_contains(indicators, indicator_id)
)
group by all;

-- The figures of a division: a row for each published series, municipality and period for which
-- something was reported. It goes into a table fast; to read it, take mart.series: DuckDB 1.5 may
-- wait for ever on a large streamed `union all` (duckdb/duckdb#22215).
create or replace macro core.harmonised(
    on_year, indicators := null, kind := null, on_day := null
) as table
with observation as materialized (
    -- read once: the table may have very many figures of other indicators
    select *
    from core.observation_reported
    semi join (
        select series_id
        from core.published_series
        where indicators is null or list_contains(indicators, indicator_id)
    ) as asked using (series_id)
),

elsewhere as materialized (
    from core.read_elsewhere(indicators := indicators)
),

stood_for as materialized (
    select series_id, period, unnest(stands_for) as reported_code from elsewhere
),

member as not materialized (
    -- who is to have a figure: each municipality, or groups of them
    select code as municipality_code, code as group_code
    from core.division_piece
    where kind is null and division = (select division from core.division_year where year = on_year)
    group by code
    union all
    select municipality_code, group_code from core.member(kind, on_year, on_day)
),

ground as not materialized (
    select crosswalk.*, member.group_code, own.pieces as from_pieces
    from core.crosswalk as crosswalk
    inner join member on member.municipality_code = crosswalk.to_code
    inner join core.crosswalk as own
        on own.from_date = crosswalk.from_date
        and own.to_date = crosswalk.from_date
        and own.from_code = crosswalk.from_code
        and own.to_code = crosswalk.from_code
    where crosswalk.to_date = (select division from core.division_year where year = on_year)
),

goal as not materialized (
    select group_code, sum(pieces) as goal_pieces
    from ground
    where from_date = to_date
    group by group_code
),

way as materialized (
    select
        ground.from_date as division,
        ground.from_code as reported_code,
        ground.group_code as to_code,
        kind is null and count_if(ground.relation = 'one-to-one') = 1 as is_direct,
        case
            when sum(ground.pieces) = any_value(ground.from_pieces) then 1
            when count(ground.weight) = count(*) then sum(ground.weight)
        end as share,
        sum(ground.pieces) as pieces,
        any_value(goal.goal_pieces) as goal_pieces
    from ground
    inner join goal using (group_code)
    group by ground.from_date, ground.from_code, ground.group_code
),

inside as not materialized (
    -- the codes that lie wholly in a group; of single municipalities nobody asks
    select division, to_code, list(reported_code) as inside
    from way
    where kind is not null and share = 1
    group by division, to_code
),

way_of_year as not materialized (
    select division_year.year, way.*
    from core.division_year as division_year
    inner join way using (division)
),

part as not materialized (
    -- one row a figure and municipality it reaches, with the share of it (NULL where nobody knows
    -- it), the pieces of ground the figure covers there, and all the municipality has. Not
    -- materialized: most of it passes straight through
    select observation.*, way_of_year.* exclude (year, reported_code)
    from observation
    inner join way_of_year using (year, reported_code)
    where observation.value is not null
    union all by name
    select observation.*, way_of_year.* exclude (year, reported_code)
    from observation
    inner join way_of_year using (year, reported_code)
    anti join stood_for using (series_id, period, reported_code)
    where observation.value is null
    union all by name
    select elsewhere.* exclude (division, stands_for), way.* exclude (reported_code)
    from elsewhere
    inner join way using (division, reported_code)
),

weighed as not materialized (
    select
        part.*,
        series.aggregation,
        case
            when
                part.holds_divided
                and not if(kind is null, part.share = 1, coalesce(list_has_all(inside.inside, part.together), false))
                then null
            when series.aggregation = 'sum' then part.share
            -- a mean over a municipality says nothing of a part of it
            when series.aggregation = 'weighted_mean' and part.share = 1
                then weighing.weight_value
        end as weight
    from part
    left join inside using (division, to_code)
    inner join core.published_series as series using (series_id)
    left join core.mean_weight(indicators := indicators) as weighing
        on weighing.weight_indicator_id = series.weight_indicator_id
        and weighing.period = part.period
        and weighing.division = part.division
        and weighing.reported_code = part.reported_code
    where not part.is_direct
),

gathered as not materialized (
    select
        series_id,
        to_code as municipality_code,
        period,
        year,
        any_value(aggregation) as aggregation,
        -- in a fixed order, so that the last digit is the same in every build
        list_sum(list_sort(list(value * weight))) as total,
        list_sum(list_sort(list(weight) filter (aggregation = 'weighted_mean'))) as total_weight,
        coalesce(
            sum(pieces) filter (value * weight is not null) = any_value(goal_pieces), false
        ) as is_covered,
        bool_or(share < 1) as is_estimated,
        kind is null and bool_or(holds_divided) as holds_divided,
        min(status) filter (value is null) as status,
        list(reported_code) as reported_codes,
        list(reply_id) as reply_ids
    from weighed
    group by series_id, to_code, period, year
),

judged as not materialized (
    select
        *,
        case
            when not is_covered then null
            when aggregation = 'sum' then total
            when total_weight > 0 then total / total_weight
        end as value,
        case
            when aggregation = 'weighted_mean' then 'weighted'
            when is_estimated then 'split_estimated'
            else 'summed'
        end as quality
    from gathered
)

select
    series_id,
    to_code as municipality_code,
    on_year as division_year,
    period,
    year,
    value,
    case
        -- a sum the publisher could not make
        when value is null and holds_divided then 'not_comparable'
        when given_as = 'summed' or to_code = reported_code then given_as
        else 'recoded'
    end as quality,
    status,
    holds_divided,
    [reported_code] as reported_codes,
    [reply_id] as reply_ids
from part
where is_direct
union all
select
    series_id,
    municipality_code,
    on_year,
    period,
    year,
    value,
    if(value is null, 'not_comparable', quality),
    status,
    holds_divided,
    list_sort(reported_codes),
    list_sort(list_distinct(reply_ids))
from judged;
