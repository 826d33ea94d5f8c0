-- one row: an indicator, what it measures, and what there is of it
-- key: indicator_id
-- as of: recomputed
-- indicator_id: our name for it
-- theme: what it is about; population, projections, staffing, economy, living_conditions, digital,
--     or what the researcher has named
-- title_nb: title in bokmål
-- title_en: title in English
-- synonyms: other words by which a person looks for it, in both languages
-- unit: unit of the values
-- aggregate: how it is carried over merged municipalities: sum, ratio (of two indicators),
--     weighted_mean (by an indicator), none (only where nothing but the code has changed),
--     composite (declared by the researcher, made anew on each division, see recipe)
-- numerator: for a ratio, the indicator above the line
-- denominator: for a ratio, the indicator below the line
-- factor: for a ratio, what the quotient is multiplied by
-- weight: for a weighted mean, the indicator it is weighted by
-- table_ids: the source tables it is read from
-- is_asked: whether there is an answer to a table that has it, for a ratio to both its parts; what
--     was not asked is unknown
-- warnings: what to know of all its figures
-- first_period: first period with a figure
-- last_period: last period with a figure
-- municipalities: number of municipalities with a figure in the last period
-- figures: number of figures
-- recipe: for a declared composite, what it is made of and how
-- note: what else to know
with figure as (
    select * from mart.observation where value is not null
),

last_period as (
    select indicator_id, max(period) as last_period from figure group by indicator_id
),

coverage as (
    select
        figure.indicator_id,
        min(figure.period) as first_period,
        any_value(last_period.last_period) as last_period,
        count(*) filter (figure.period = last_period.last_period) as municipalities,
        count(*) as figures
    from figure
    inner join last_period using (indicator_id)
    group by figure.indicator_id
),

part as (
    -- an indicator has its own tables; a ratio those of the two it is made of, a composite those of
    -- all its parts
    with own as (
        select indicator_id, indicator_id as part_id from raw.indicator
        union
        select indicator_id, unnest([numerator, denominator])
        from raw.indicator
        where aggregate = 'ratio'
    )

    from own
    union
    select composite.composite_id, own.part_id
    from raw.composite_part as composite
    inner join own using (indicator_id)
),

origin as (
    select part.indicator_id, list(distinct origin.table_id order by origin.table_id) as table_ids
    from part
    inner join raw.indicator_origin as origin on origin.indicator_id = part.part_id
    group by part.indicator_id
),

asked as (
    select indicator_id, bool_and(is_asked) as is_asked
    from (
        select part.indicator_id, part.part_id, bool_or(source.is_asked) as is_asked
        from part
        inner join raw.indicator_origin as origin on origin.indicator_id = part.part_id
        inner join mart.source_table as source using (table_id)
        group by part.indicator_id, part.part_id
    )
    group by indicator_id
),

warned as (
    select subject.indicator_id, list(distinct warning.warning order by warning.warning) as warnings
    from raw.warning as warning
    inner join (
        select indicator_id, part_id as subject_id from part
        union
        select indicator_id, unnest(table_ids) from origin
    ) as subject using (subject_id)
    where warning.period is null
    group by subject.indicator_id
)

select
    indicator.indicator_id,
    indicator.theme,
    indicator.title_nb,
    indicator.title_en,
    indicator.synonyms,
    indicator.unit,
    indicator.aggregate,
    indicator.numerator,
    indicator.denominator,
    if(indicator.aggregate = 'ratio', indicator.factor, null) as factor,
    indicator.weight,
    coalesce(origin.table_ids, []) as table_ids,
    coalesce(asked.is_asked, false) as is_asked,
    coalesce(warned.warnings, []) as warnings,
    coverage.first_period,
    coverage.last_period,
    coalesce(coverage.municipalities, 0) as municipalities,
    coalesce(coverage.figures, 0) as figures,
    indicator.recipe,
    indicator.note
from raw.indicator as indicator
left join coverage using (indicator_id)
left join origin using (indicator_id)
left join asked using (indicator_id)
left join warned using (indicator_id)
order by indicator.theme, indicator.indicator_id
