-- one row: what a figure is made of that a publisher gives for a municipality of its today in a year
--     that had another division: what StatBank's agg_KommSummer does
-- key: division, year, municipality_code
-- division: the division the publisher has summed to (core.publisher_division)
-- quality: reported, recoded or summed, as the figure would be called had it been carried here
-- holds_divided: a municipality that was divided since is in it whole: the publisher's sums put
--     it into one of its parts
-- together: all that have a part of such a municipality, itself too: only their figures together are
--     of the ground of that year; NULL for others
with way as (
    select
        crosswalk.to_date as division,
        division_year.year,
        crosswalk.from_code,
        crosswalk.to_code,
        crosswalk.weight
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year on division_year.division = crosswalk.from_date
    where crosswalk.to_date in (select division from core.publisher_division)
),

divided as (
    select division, year, from_code, list(to_code) as parts
    from way
    group by division, year, from_code
    having count(*) > 1
)

select
    way.division,
    way.year,
    way.to_code as municipality_code,
    case
        when count(*) > 1 or min(way.weight) is distinct from 1 then 'summed'
        when min(way.from_code) = way.to_code then 'reported'
        else 'recoded'
    end as quality,
    count(divided.parts) > 0 as holds_divided,
    list_sort(list_distinct(flatten(list(divided.parts) filter (divided.parts is not null))))
        as together
from way
left join divided using (division, year, from_code)
group by way.division, way.year, way.to_code
order by all
