-- one row: a year and the division its figures are reported in, the one in force on 1 January:
--     for 1 January figures by definition, for KOSTRA figures of the whole year by SSB's practice.
--     Years to come are in today's division, as projections are
-- key: year
-- year: calendar year, 1964 to 2100
-- division: core.division.valid_from
with division as (
    select * from core.division
)

select years.year::integer as year, max(division.valid_from) as division
from unnest(range(1964, 2101)) as years (year)
inner join division on division.valid_from <= make_date(years.year::int, 1, 1)
group by years.year
order by years.year
