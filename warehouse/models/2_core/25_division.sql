-- one row: a municipal division: a state of the map that held from one change of it to the next.
--     New names and land transfers make no new division
-- key: valid_from
-- valid_from: first day of the division, and its identity; the first is 1964-01-01
-- valid_to: first day of the next division; NULL for today's
-- sequence: 1 for the first division, counting on
-- municipalities: how many there are in it
with change_event as (
    select * from core.change_event
),

municipality_version as (
    select * from core.municipality_version
),

starts as (
    select date '1964-01-01' as valid_from
    union
    select changed_on
    from change_event
    where kind in ('merger', 'split', 'recode') and changed_on > date '1964-01-01'
),

interval_of as (
    select
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to,
        row_number() over (order by valid_from) as sequence
    from starts
)

select interval_of.*, count(*) as municipalities
from interval_of
inner join municipality_version as version
    on version.valid_from <= interval_of.valid_from
    and coalesce(version.valid_to > interval_of.valid_from, true)
group by all
order by valid_from
