-- as of: current
create or replace macro mart.series(indicator, division) as table
with asked as materialized (
    select core.known_indicator(indicator) as name
)

from (
    from core.series((select list(name) from asked where name is not null), core.known_year(division))
    union all by name
    from core.composite(
        (select list(name) from asked where name is not null), core.known_year(division)
    )
)
order by indicator_id, municipality_code, period;

comment on macro table mart.series is
'an indicator of a municipality in a period, on the division of any year since 1964, as in
from mart.series(''population'', 2019). Columns as in mart.observation, and division_year, the year
asked for; codes and names are those of 1 January that year. Counts are summed over merged
municipalities, ratios made again of their parts, means weighted; what cannot be carried is NULL
with quality not_comparable. A declared composite is made anew among the municipalities of that
year. On the division of this year it gives what mart.observation has.';
