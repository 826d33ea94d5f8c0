-- one row: a municipality in one division and a municipality in another that share ground, for
--     every two divisions, forwards, backwards and to itself
-- key: from_date, to_date, from_code, to_code
-- from_code: municipality carried from
-- from_date: first day of its division (core.division; core.division_year finds it for a year)
-- to_code: municipality carried to
-- to_date: first day of its division
-- relation: one-to-one, many-to-one (a merger), one-to-many (a split) or many-to-many
-- weight: the share of from_code's people that is in to_code: 1 where all of it is, NULL where it
--     is divided and nobody has published the people of the parts. Never an equal share
-- weight_basis: `whole`, or the figures the share was taken from, or why it is not known
-- pieces: pieces of ground shared; all of to_code is there when they add to its own number
with division as (
    select * from core.division
),

division_piece as (
    select * from core.division_piece
),

part_population as (
    select * from core.part_population
),

shared as (
    select
        origin.division as from_date,
        origin.code as from_code,
        target.division as to_date,
        target.code as to_code,
        count(*) as pieces,
        list(piece order by piece) as part
    from division_piece as origin
    inner join division_piece as target using (piece)
    group by all
),

counted as (
    select
        *,
        count(*) over (partition by from_date, from_code, to_date) as goes_to,
        count(*) over (partition by to_date, to_code, from_date) as comes_from
    from shared
),

today as (
    select piece, code as today_code
    from division_piece
    where division = (select max(valid_from) from division)
),

population_piece as (
    select population.*, today.piece
    from part_population as population
    inner join core.division_year as division_year using (year)
    inner join division_piece using (division, code)
    inner join today using (piece, today_code)
    where population.population is not null
),

part as (
    select distinct part from counted where goes_to > 1
),

inside_a_part as (
    -- the municipalities with a figure that lie wholly inside the part
    select part.part, population.year, any_value(population.population) as population,
        any_value(population.basis) as basis, count(*) as pieces
    from (select part, unnest(part) as piece from part) as part
    inner join population_piece as population using (piece)
    group by part.part, population.year, population.code, population.today_code
    having count(*) = any_value(population.pieces)
),

people as (
    select part, year, sum(population) as population, max(basis) as basis
    from inside_a_part
    group by part, year
    having sum(pieces) = len(part)
),

year_with_all_parts as (
    select
        counted.from_date,
        counted.from_code,
        counted.to_date,
        people.year,
        sum(people.population) as population,
        max(people.basis) as basis,
        -- a municipality is weighed by the figures nearest the end of its division that it leaves by
        abs(people.year - year(if(counted.from_date < counted.to_date, division.valid_to, division.valid_from)))
            as years_off
    from counted
    inner join people using (part)
    inner join division on division.valid_from = counted.from_date
    where counted.goes_to > 1
    group by all
    having count(*) = any_value(counted.goes_to)
),

nearest as (
    select *
    from year_with_all_parts
    qualify row_number() over (partition by from_date, from_code, to_date order by years_off, year) = 1
)

select
    counted.from_code,
    counted.from_date,
    counted.to_code,
    counted.to_date,
    if(counted.comes_from = 1, 'one', 'many') || '-to-' || if(counted.goes_to = 1, 'one', 'many') as relation,
    if(counted.goes_to = 1, 1.0::double, people.population / nearest.population) as weight,
    if(counted.goes_to = 1, 'whole', coalesce(nearest.basis, 'no published population of the parts'))
        as weight_basis,
    counted.pieces
from counted
left join nearest using (from_date, from_code, to_date)
left join people on people.part = counted.part and people.year = nearest.year
order by from_date, to_date, from_code, to_code
