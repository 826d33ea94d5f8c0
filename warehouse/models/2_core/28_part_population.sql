-- one row: people on 1 January in a municipality of that year, or, where it has since been
--     divided, in each part of it, a part being what lies in one municipality today. First and
--     last year reported in each division. These are what splits are weighed by
-- key: year, code, today_code
-- year: year of the figure
-- code: municipality in the division of that year
-- today_code: where the part lies today
-- pieces: pieces of ground in it (core.division_piece)
-- population: reported; for a part, published or estimated (see basis), NULL where neither is there
-- basis: in words, what the figure rests on
-- is_published: whether it is of a part and published (core.published_part)
with division_piece as (
    select * from core.division_piece
),

population_reported as (
    select population.year, division_year.division, population.code, population.population
    from staging.population_reported as population
    inner join core.division_year as division_year using (year)
    where population.population is not null
),

population_at_the_ends as (
    -- the first and the last year of a division say what came and what went
    select *
    from population_reported
    qualify year in (min(year) over (partition by division), max(year) over (partition by division))
),

today as (
    select piece, code as today_code
    from division_piece
    where division = (select max(division) from division_piece)
),

part as (
    select
        reported.year,
        reported.division,
        reported.code,
        reported.population as whole_population,
        today.today_code,
        count(*) as pieces,
        count(*) over (partition by reported.year, reported.code) as parts
    from population_at_the_ends as reported
    inner join division_piece using (division, code)
    inner join today using (piece)
    group by
        reported.year, reported.division, reported.code, reported.population, today.today_code
),

divided_on as (
    -- the first division in which the ground of a municipality lay in several
    select division, code, min(later_division) as divided_on
    from (
        select earlier.division, earlier.code, later.division as later_division
        from division_piece as earlier
        inner join division_piece as later
            on later.piece = earlier.piece and later.division > earlier.division
        where (earlier.division, earlier.code) in (select (division, code) from part where parts > 1)
        group by all
        having count(distinct later.code) > 1
    )
    group by division, code
),

ground as (
    select division, code, list(piece order by piece) as pieces
    from division_piece
    group by division, code
),

same_ground as (
    -- municipalities of any division that are whole municipalities of today
    select before.division, before.code, today.code as today_code
    from ground as before
    inner join ground as today using (pieces)
    where today.division = (select max(division) from division_piece)
),

today_figure as (
    -- what is published for the municipalities of today, in their own years or summed backwards
    select year, today_code, max(population) as population
    from (
        select published.year, same_ground.today_code, published.population
        from staging.population_publisher_sum as published
        inner join core.publisher_division as list using (table_id)
        inner join same_ground
            on same_ground.division = list.division and same_ground.code = published.code
        union all
        select year, today_code, population
        from population_reported
        inner join same_ground using (division, code)
    )
    where population is not null
    group by year, today_code
),

year_after as (
    -- the first year after the split in which every part's municipality of today has a figure
    select year, code, min(figure_year) as year_after
    from (
        select part.year, part.code, figure.year as figure_year
        from part
        inner join divided_on using (division, code)
        inner join today_figure as figure
            on figure.today_code = part.today_code
            and figure.year >= year(divided_on.divided_on)
        where part.parts > 1
        group by part.year, part.code, part.parts, figure.year
        having count(*) = part.parts
    )
    group by year, code
),

others as (
    -- who else went into the municipality of today that a part went into
    select
        part.year,
        part.code,
        part.today_code,
        coalesce(sum(other.whole_population), 0) as population,
        coalesce(bool_or(other.parts > 1), false) as also_divided
    from part
    left join part as other
        on other.year = part.year
        and other.today_code = part.today_code
        and other.code <> part.code
    where part.parts > 1
    group by all
),

weighed as (
    -- everyone grew alike from the year before to the year after; what the others then do not
    -- account for in a municipality of today came with the part
    select
        part.*,
        year_after.year_after,
        figure.population
        * (part.whole_population + sum(others.population) over same_source)
        / sum(figure.population) over same_source
        - others.population as part_population,
        bool_or(others.also_divided) over same_source as also_divided
    from part
    inner join others using (year, code, today_code)
    inner join year_after using (year, code)
    inner join today_figure as figure
        on figure.today_code = part.today_code and figure.year = year_after.year_after
    where part.parts > 1
    window same_source as (partition by part.year, part.code)
),

estimated as (
    select
        *,
        -- fewer than nobody: the part is too small to be told from growth
        not also_divided and min(part_population) over (partition by year, code) > 0 as usable
    from weighed
),

published as (
    -- in the last year before the municipality was divided
    select
        (year(part.changed_on) - 1)::integer as year,
        part.old_code as code,
        today.today_code,
        count(*) as pieces,
        part.population,
        sum(part.population) over (partition by part.changed_on, part.old_code) as whole,
        part.source
    from core.published_part as part
    inner join core.division as division on division.valid_to = part.changed_on
    inner join division_piece as origin
        on origin.division = division.valid_from and origin.code = part.old_code
    inner join division_piece as target
        on target.division = part.changed_on
        and target.code = part.new_code
        and target.piece = origin.piece
    inner join today on today.piece = origin.piece
    group by part.changed_on, part.old_code, part.population, part.source, today.today_code
),

all_parts as (
    select
        part.year,
        part.code,
        part.today_code,
        part.pieces,
        case
            when part.parts = 1 then part.whole_population::double
            when estimated.usable then estimated.part_population
        end as population,
        case
            when part.parts = 1 then 'population 1 January ' || part.year
            when estimated.usable
                then 'population 1 January '
                    || part.year
                    || ', divided by that of '
                    || estimated.year_after
            else 'no published population of the parts'
        end as basis
    from part
    left join estimated using (year, code, today_code)
)

select *, false as is_published
from all_parts
anti join published using (year, code)
union all
select
    year, code, today_code, pieces, population,
    'published: the parts of its ' || whole || ' people (' || source || ')',
    true
from published
order by all
