-- one row: a figure of the newest year of an indicator of whole years, how it differs from the year
--     before, and the largest such difference that any earlier year had among municipalities of its
--     rank: those of the same tenth, from the smallest figure to the largest
-- key: indicator_id, municipality_code
-- as of: recomputed
-- indicator of a row: indicator_id
-- parts of: mart.observation
-- indicator_id: see mart.indicator
-- municipality_code: municipality of today, four digits as text
-- period: the publisher's own code for the period, which is a year
-- year: the year
-- value: the figure
-- year_before: the figure of the year before
-- is_positive: whether all figures of the indicator are above zero
-- size: the difference of the logarithms of the two or, where an indicator has zeros or negative
--     figures, their distance as a share of that between its quartiles
-- tenth: the tenth it is of, by the figure of the year before: 1 has the smallest
-- largest_before: the largest size in its tenth in any earlier year
-- earlier_years: the number of these years
with figure as (
    select indicator_id, municipality_code, period, year, value
    from mart.observation
    where value is not null
        and period = year::varchar
        and is_wanted(indicator_id)
),

kind as (
    select
        indicator_id,
        min(value) > 0 as is_positive,
        quantile_cont(value, 0.75) - quantile_cont(value, 0.25) as quartile_distance
    from figure
    group by indicator_id
),

change as (
    select
        figure.indicator_id,
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
    from figure
    inner join kind using (indicator_id)
    window one_series as (partition by figure.indicator_id, municipality_code order by year)
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
where ranked.is_newest
order by ranked.indicator_id, ranked.municipality_code
