-- as of: recomputed
-- How each figure of the newest year of an indicator differs from the year before, and the largest
-- such difference that any earlier year had among municipalities of its rank: those of the same
-- tenth, from the smallest figure to the largest. A difference is that of the logarithms or, where
-- an indicator has zeros or negative figures, a share of the distance between its quartiles.
create or replace macro core.newest_change() as table
with kind as (
    select
        indicator_id,
        min(value) > 0 as is_positive,
        quantile_cont(value, 0.75) - quantile_cont(value, 0.25) as quartile_distance
    from mart.observation
    where value is not null and period = year::varchar
    group by indicator_id
),

change as (
    select
        observation.indicator_id,
        municipality_code,
        period,
        year,
        value,
        lag(value) over one_series as year_before,
        is_positive,
        if(
            is_positive,
            abs(ln(value / lag(value) over one_series)),
            abs(value - lag(value) over one_series) / nullif(quartile_distance, 0)
        ) as size
    from mart.observation as observation
    inner join kind using (indicator_id)
    where value is not null and period = year::varchar
    window one_series as (partition by observation.indicator_id, municipality_code order by year)
    qualify lag(year) over one_series = year - 1
),

ranked as (
    select
        *,
        ntile(10) over (
            partition by indicator_id, year order by year_before, municipality_code
        ) as tenth,
        year = max(year) over (partition by indicator_id) as is_newest
    from change
),

history as (
    select
        indicator_id,
        tenth,
        max(size) as largest_before,
        count(distinct year) as earlier_years
    from ranked
    where not is_newest
    group by indicator_id, tenth
)

select
    ranked.* exclude (is_newest),
    history.largest_before,
    coalesce(history.earlier_years, 0) as earlier_years
from ranked
left join history using (indicator_id, tenth)
where ranked.is_newest;
