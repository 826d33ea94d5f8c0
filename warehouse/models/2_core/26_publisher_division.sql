-- one row: a table whose publisher has summed it to the municipalities of its today, and the
--     division that was. It lags behind the map: a table of June has the municipalities of June,
--     and in January lists of the year before are still in use. The division is the one that knows
--     most of the table's codes and, of several, the last one that had begun
-- key: table_id
-- division: core.division.valid_from
-- code_year: the last year, this year at most, with that division
-- is_today: whether it is today's
with division as (
    select * from core.division
),

code as (
    select *, max(as_of) over (partition by table_id) as taken_on from staging.publisher_code
),

in_force as (
    select division.valid_from as division, version.code
    from division
    inner join core.municipality_version as version
        on version.valid_from <= division.valid_from
        and coalesce(version.valid_to > division.valid_from, true)
),

candidate as (
    select
        code.table_id, division.valid_from as division, count(*) - count(in_force.code) as unknown
    from code
    inner join division on division.valid_from <= code.taken_on
    left join in_force on in_force.division = division.valid_from and in_force.code = code.code
    group by all
)

select
    candidate.table_id,
    candidate.division,
    max(division_year.year) as code_year,
    candidate.division = (select max(valid_from) from division) as is_today
from candidate
inner join core.division_year as division_year
    on division_year.division = candidate.division
    and division_year.year <= (select max(year(valid_on)) from staging.klass_code)
group by candidate.table_id, candidate.division, candidate.unknown
qualify row_number() over (
    partition by candidate.table_id order by candidate.unknown, candidate.division desc
) = 1
