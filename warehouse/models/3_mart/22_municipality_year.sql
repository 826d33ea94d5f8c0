-- one row: a municipality of today in a year, one column an indicator (the last period of the year)
-- key: municipality_code, year
-- municipality_code: municipality of today, four digits as text
-- year: calendar year
with last_of_year as (
    select municipality_code, year, indicator_id, value
    from mart.observation
    where value is not null
    qualify row_number() over (
        partition by municipality_code, year, indicator_id order by period desc
    ) = 1
)

from (pivot last_of_year on indicator_id using any_value(value) group by municipality_code, year)
order by municipality_code, year
