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
        count(*) as pieces
    from division_piece as origin
    inner join division_piece as target using (piece)
    group by all
),

goes_to as (
    select from_date, from_code, to_date, count(*) as goes_to from shared group by all
),

comes_from as (
    select from_date, to_date, to_code, count(*) as comes_from from shared group by all
),

counted as (
    -- joined, not counted in windows: half the time
    select *
    from shared
    inner join goes_to using (from_date, from_code, to_date)
    inner join comes_from using (from_date, to_date, to_code)
),

divided as (
    -- few are; the same part of the same municipality stands in many pairs of divisions
    select
        counted.from_date, counted.from_code, counted.to_date, counted.to_code,
        any_value(counted.goes_to) as goes_to,
        list(origin.piece order by origin.piece) as part
    from counted
    inner join division_piece as origin
        on origin.division = counted.from_date and origin.code = counted.from_code
    inner join division_piece as target
        on target.division = counted.to_date
        and target.code = counted.to_code
        and target.piece = origin.piece
    where counted.goes_to > 1
    group by counted.from_date, counted.from_code, counted.to_date, counted.to_code
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
    select distinct part from divided
),

inside_a_part as (
    -- the municipalities with a figure that lie wholly inside the part
    select
        part.part,
        population.year,
        any_value(population.population) as population,
        any_value(population.basis) as basis,
        bool_or(population.is_published) as is_published,
        count(*) as pieces
    from (select part, unnest(part) as piece from part) as part
    inner join population_piece as population using (piece)
    group by part.part, population.year, population.code, population.today_code
    having count(*) = any_value(population.pieces)
),

people as (
    select
        part, year, sum(population) as population, max(basis) as basis,
        bool_or(is_published) as is_published
    from inside_a_part
    group by part, year
    having sum(pieces) = len(part)
),

year_with_all_parts as (
    select
        divided.from_date,
        divided.from_code,
        divided.to_date,
        people.year,
        list({to_code: divided.to_code, population: people.population}) as parts,
        sum(people.population) as population,
        -- the figures of the parts of one municipality
        max(people.basis) as basis,
        bool_or(people.is_published) as is_published
    from divided
    inner join people using (part)
    group by divided.from_date, divided.from_code, divided.to_date, people.year
    having count(*) = any_value(divided.goes_to)
),

apart as (
    -- the divisions in which the ground of a municipality lay in several
    select origin.from_date, origin.from_code, piece.division
    from (select distinct from_date, from_code from year_with_all_parts) as origin
    inner join division_piece as own
        on own.division = origin.from_date and own.code = origin.from_code
    inner join division_piece as piece using (piece)
    group by origin.from_date, origin.from_code, piece.division
    having count(distinct piece.code) > 1
),

nearest as (
    -- what is published of the parts, else the figures nearest the day the ground was divided, or,
    -- backwards, the day it came together
    select candidate.*
    from year_with_all_parts as candidate
    inner join (
        select
            apart.from_date,
            apart.from_code,
            year(min(apart.division) filter (apart.division > apart.from_date)) as divided_in,
            year(max(division.valid_to) filter (apart.division < apart.from_date)) as united_in
        from apart
        inner join division on division.valid_from = apart.division
        group by apart.from_date, apart.from_code
    ) as change using (from_date, from_code)
    qualify row_number() over (
        partition by candidate.from_date, candidate.from_code, candidate.to_date
        order by
            candidate.is_published desc,
            abs(candidate.year - if(from_date < to_date, divided_in, united_in)),
            candidate.year
    ) = 1
),

weighed as (
    select from_date, from_code, to_date, part.to_code, basis, part.population / population as weight
    from (select *, unnest(parts) as part from nearest)
)

select
    counted.from_code,
    counted.from_date,
    counted.to_code,
    counted.to_date,
    if(counted.comes_from = 1, 'one', 'many')
    || '-to-'
    || if(counted.goes_to = 1, 'one', 'many') as relation,
    if(counted.goes_to = 1, 1.0::double, weighed.weight) as weight,
    case
        when counted.goes_to = 1 then 'whole'
        else coalesce(weighed.basis, 'no published population of the parts')
    end as weight_basis,
    counted.pieces
from counted
left join weighed using (from_date, from_code, to_date, to_code)
order by counted.to_date, counted.from_date, counted.from_code, counted.to_code
