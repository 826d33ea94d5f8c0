-- as of: current
-- Declared composites on the division of a year, in the columns of core.series. Each part is made
-- comparable over the municipalities of that division that have a figure, turned where its
-- direction is negative, and averaged by its weight. Quality is that of the weakest part, warnings
-- are those of all parts, and a value below the declared coverage is missing and says why.

-- From the surest to the least sure; what can't be compared comes last
create or replace macro core.quality_order() as [
    'reported', 'recoded', 'summed', 'recomputed', 'weighted', 'split_estimated', 'not_comparable'
];

create or replace macro core.composite(which, on_year) as table
with recipe as not materialized (
    select * from raw.composite where which is null or list_contains(which, composite_id)
),

part as not materialized (
    select part.* from raw.composite_part as part semi join recipe using (composite_id)
),

figure as materialized (
    from core.series((select coalesce(list(distinct indicator_id), []) from part), on_year)
),

municipality as materialized (
    from core.municipality_on(on_year)
),

measured as not materialized (
    -- a row for each part and municipality, those without a figure too
    select
        part.*,
        municipality.municipality_code,
        figure.* exclude (
            indicator_id, municipality_code, municipality_name, division_year, period, year,
            period_start, value, unit, status, table_id
        ),
        if(
            part.base_period is null,
            figure.value,
            if(
                base.value > 0
                -- growth is of one ground: no publisher's sum beside an estimate
                and list_contains(figure.warnings, 'break_in_series')
                    = list_contains(base.warnings, 'break_in_series'),
                100 * (figure.value / base.value - 1),
                null
            )
        ) as value,
        list_distinct(
            coalesce(figure.warnings, [])
            || if(part.base_period is null, [], coalesce(base.warnings, []))
        ) as part_warnings,
        list_distinct([figure.quality, if(part.base_period is null, figure.quality, base.quality)])
            as qualities,
        coalesce(base.reported_codes, []) as base_codes,
        coalesce(base.reply_ids, []) as base_reply_ids
    from part
    cross join municipality
    left join figure
        on figure.indicator_id = part.indicator_id
        and figure.period = part.part_period
        and figure.municipality_code = municipality.municipality_code
    left join figure as base
        on base.indicator_id = part.indicator_id
        and base.period = part.base_period
        and base.municipality_code = municipality.municipality_code
),

spread as not materialized (
    -- of a list in a fixed order, so that the last digit is the same in every build
    select
        composite_id, period, part,
        list(value order by municipality_code) filter (value is not null) as figures,
        list_avg(figures) as mean,
        list_stddev_samp(figures) as deviation,
        list_min(figures) as lowest_figure,
        list_max(figures) as highest_figure
    from measured
    group by composite_id, period, part
),

comparable as not materialized (
    select
        measured.*,
        recipe.truncate_at,
        case recipe.transformation
            when 'z-score' then (value - mean) / nullif(deviation, 0)
            when 'min-max'
                then (value - lowest_figure) / nullif(highest_figure - lowest_figure, 0)
            -- equal figures share the mean of their ranks
            when 'rank' then if(value is null, null, (
                rank() over (one_part order by value)
                + (count(*) over (partition by composite_id, period, part, value) - 1) / 2 - 1
            ) / nullif(count(value) over one_part - 1, 0))
        end as score,
        recipe.transformation = 'z-score' as is_around_0
    from measured
    inner join spread using (composite_id, period, part)
    inner join recipe using (composite_id)
    window one_part as (partition by composite_id, period, part)
),

turned as not materialized (
    select
        * replace (
            case
                when direction = 'positive' then score
                when is_around_0 then -score
                else 1 - score
            end as score
        )
    from comparable
),

averaged as not materialized (
    select
        composite_id,
        period,
        municipality_code,
        fsum(weight * greatest(-truncate_at, least(truncate_at, score)) order by part)
            / fsum(weight order by part) filter (score is not null) as mean,
        coalesce(sum(weight) filter (score is not null), 0) / sum(weight) as coverage,
        list(indicator_id order by part) filter (score is null) as without_figure,
        flatten(list(qualities) filter (score is not null)) as qualities,
        bool_or(list_contains(qualities, 'not_comparable')) as is_not_comparable,
        list_sort(list_distinct(
            coalesce(flatten(list(part_warnings) filter (score is not null)), [])
            || ['composite']
        )) as warnings,
        list_sort(list_distinct(flatten(list(coalesce(reported_codes, []) || base_codes))))
            as reported_codes,
        list_sort(list_distinct(flatten(list(coalesce(reply_ids, []) || base_reply_ids))))
            as reply_ids
    from turned
    group by composite_id, period, municipality_code
),

judged as not materialized (
    select
        averaged.*,
        recipe.* exclude (composite_id),
        -- a hair below, for weights such as 0.1 that have no exact double
        if(averaged.coverage >= recipe.minimum_coverage - 1e-9, averaged.mean, null) as covered
    from averaged
    inner join recipe using (composite_id)
),

stretched as not materialized (
    -- weighed so that both ends are met exactly
    select
        *,
        (covered - min(covered) over one_index)
            / nullif(max(covered) over one_index - min(covered) over one_index, 0) as place,
        if(lowest is null, covered, lowest * (1 - place) + highest * place) as value
    from judged
    window one_index as (partition by composite_id, period)
)

select
    stretched.composite_id as indicator_id,
    stretched.municipality_code,
    municipality.municipality_name,
    on_year as division_year,
    stretched.period,
    stretched.period[1:4]::integer as year,
    core.period_start(stretched.period) as period_start,
    stretched.value,
    indicator.unit,
    case
        when stretched.value is not null
            then core.quality_order()[list_max(list_transform(
                stretched.qualities, each -> list_position(core.quality_order(), each)
            ))]
        when stretched.is_not_comparable then 'not_comparable'
        else 'missing'
    end as quality,
    null::varchar as status,
    case
        when stretched.value is not null then null
        when stretched.covered is not null then 'every municipality has the same value'
        else 'below the declared coverage of ' || round(100 * stretched.minimum_coverage)::integer
            || ' % of the weight: no figure of '
            || array_to_string(stretched.without_figure, ', ')
    end as missing_reason,
    stretched.warnings,
    stretched.reported_codes,
    null::varchar as table_id,
    stretched.reply_ids
from stretched
inner join municipality using (municipality_code)
inner join raw.indicator as indicator on indicator.indicator_id = stretched.composite_id;
