-- finds: figure/figures of a new year changed more than ever before
-- why: a table that doubles, or exchanges municipalities, is seen though no earlier figure changed.
--     A change is large beyond twice the largest of the indicator in any earlier year
-- severity: warn
with change as (
    select
        indicator_id, municipality_code, period, year, value,
        lag(value) over one_series as year_before,
        abs(ln(if(value > 0, value, null) / if(year_before > 0, year_before, null))) as size
    from mart.observation
    where value is not null and period = year::varchar
    window one_series as (partition by indicator_id, municipality_code order by year)
    qualify lag(year) over one_series = year - 1
),

newest as (
    select indicator_id, max(year) as year from change group by indicator_id
),

bound as (
    select change.indicator_id, 2 * max(change.size) as size
    from change
    inner join newest on newest.indicator_id = change.indicator_id and newest.year > change.year
    group by change.indicator_id
)

select
    change.indicator_id, change.municipality_code, change.period, change.year_before,
    change.value
from change
inner join newest using (indicator_id, year)
inner join bound using (indicator_id)
where change.size > bound.size
order by all
