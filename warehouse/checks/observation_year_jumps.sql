-- finds: figure/figures of a new year changed more than ever before
-- why: a table that doubles, or exchanges municipalities, is seen though no earlier figure changed.
--     A change is large beyond twice the largest that a municipality of its rank had in any earlier
--     year; with fewer than three earlier years, if it is thirtyfold
-- severity: warn
select indicator_id, municipality_code, period, year_before, value
from mart.newest_change
where if(earlier_years >= 3, size > 2 * largest_before, is_positive and size > ln(30))
order by all
