-- one row: a municipality of today in a year, one column an indicator (the last period of the year;
--     in years to come only projections)
-- key: municipality_code, year
-- as of: recomputed
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its official name
-- year: calendar year
-- warnings: for each column that has any, what to know before using it: the vocabulary of
--     mart.observation
with last_of_year as (
    select municipality_code, municipality_name, year, indicator_id, value, warnings
    from mart.observation
    where value is not null
    qualify row_number() over (
        partition by municipality_code, year, indicator_id order by period desc
    ) = 1
),

warned as (
    select
        municipality_code,
        year,
        map_from_entries(
            list((indicator_id, warnings) order by indicator_id) filter (warnings <> [])
        ) as warnings
    from last_of_year
    group by municipality_code, year
),

wide as (
    from (
        pivot (select municipality_code, municipality_name, year, indicator_id, value from last_of_year)
        on indicator_id using any_value(value)
        group by municipality_code, municipality_name, year
    )
)

select
    wide.municipality_code,
    wide.municipality_name,
    wide.year,
    coalesce(warned.warnings, map {}) as warnings,
    wide.* exclude (municipality_code, municipality_name, year)
from wide
inner join warned using (municipality_code, year)
order by wide.municipality_code, wide.year
