-- one row: what a figure is made of that a publisher gives for a municipality of its today in a year
--     that had another division: what StatBank's agg_KommSummer does
-- key: division, year, municipality_code
-- division: the division the publisher has summed to (core.publisher_division)
-- quality: reported, recoded or summed, as the figure would be called had it been carried here
-- holds_divided: a municipality that was divided since is in it whole: the publisher's sums put
--     it into one of its parts
select
    crosswalk.to_date as division,
    division_year.year,
    crosswalk.to_code as municipality_code,
    case
        when count(*) > 1 or min(crosswalk.weight) is distinct from 1 then 'summed'
        when min(crosswalk.from_code) = crosswalk.to_code then 'reported'
        else 'recoded'
    end as quality,
    min(crosswalk.weight) is distinct from 1 as holds_divided
from core.crosswalk as crosswalk
inner join core.division_year as division_year on division_year.division = crosswalk.from_date
where crosswalk.to_date in (select division from core.publisher_division)
group by crosswalk.to_date, division_year.year, crosswalk.to_code
order by all
