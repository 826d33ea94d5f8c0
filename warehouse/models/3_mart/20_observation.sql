-- one row: an indicator of a municipality in a period, on today's division
-- key: indicator_id, municipality_code, period
-- indicator_id: see mart.indicator
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its official name
-- period: the publisher's own code for the period: 2026, 2024K2, 2022H1, 2026-06-01
-- year: the year of the period
-- period_start: first day of the period
-- value: the figure; NULL if missing, never 0 for missing
-- unit: unit of the value
-- quality: reported (as published), recoded (the code has changed, nothing else), summed (over
--     merged municipalities), recomputed (a ratio made again of its parts), weighted (a weighted
--     mean), split_estimated (shared out by the population of the parts), not_comparable (NULL)
-- status: the publisher's own symbol, where it gives one; `not listed` for a municipality that a
--     complete register leaves out
-- missing_reason: why value is NULL
-- warnings: what to know before using it: a fixed vocabulary
-- reported_codes: the codes the figure was published under
-- table_id: the source table, see mart.source_table
-- reply_ids: the replies it was taken from, see mart.reply
with figure as (
    select * from core.carried
    union all by name
    select * from core.recomputed
),

dated as (
    select
        *,
        period[1:4]::integer as year,
        case
            when regexp_matches(period, '^\d{4}-\d{2}-\d{2}$') then period::date
            when regexp_matches(period, '^\d{4}[KQ]\d$')
                then make_date(period[1:4]::integer, 3 * period[6:6]::integer - 2, 1)
            when regexp_matches(period, '^\d{4}H\d$')
                then make_date(period[1:4]::integer, 6 * period[6:6]::integer - 5, 1)
            when regexp_matches(period, '^\d{4}M\d{2}$')
                then make_date(period[1:4]::integer, period[6:7]::integer, 1)
            else make_date(period[1:4]::integer, 1, 1)
        end as period_start
    from figure
),

warning as (
    -- of its tables, of itself and, for a ratio, of the two it is made of
    select
        dated.indicator_id,
        dated.municipality_code,
        dated.period,
        list(distinct warning.warning order by warning.warning) as warnings
    from dated
    inner join raw.indicator as indicator using (indicator_id)
    inner join raw.warning as warning
        on list_contains(
            dated.table_ids || [indicator_id, indicator.numerator, indicator.denominator],
            warning.subject_id
        )
        and (warning.period is null or warning.period = dated.period)
    group by all
),

correction as (
    -- the publisher's own sum over the same ground may have been corrected, under today's code
    select
        dated.indicator_id,
        dated.municipality_code,
        dated.period,
        any_value(corrected.correction_why) as why
    from dated
    inner join staging.observation as corrected
        on corrected.indicator_id = dated.indicator_id
        and corrected.period = dated.period
        and list_contains(
            list_append(dated.reported_codes, dated.municipality_code), corrected.reported_code
        )
    where dated.value is null and corrected.correction_id is not null
    group by all
)

select
    dated.indicator_id,
    dated.municipality_code,
    municipality.municipality_name,
    dated.period,
    dated.year,
    dated.period_start,
    dated.value,
    indicator.unit,
    dated.quality,
    dated.status,
    case
        when dated.value is not null then null
        when correction.why is not null then correction.why
        when dated.quality = 'not_comparable'
            then 'not comparable over changed boundaries, or a part is missing'
        when dated.status = '.' then 'not applicable'
        when dated.status = '..' then 'not available'
        when dated.status = ':' then 'confidential'
        else 'not among the figures published or kept'
    end as missing_reason,
    list_sort(list_distinct(
        coalesce(warning.warnings, [])
        || if(dated.quality = 'split_estimated' and dated.value is not null, ['estimated'], [])
        || if(dated.holds_divided and dated.value is not null, ['break_in_series'], [])
    )) as warnings,
    dated.reported_codes,
    dated.table_id,
    dated.reply_ids
from dated
inner join raw.indicator as indicator using (indicator_id)
left join core.municipality as municipality using (municipality_code)
left join warning using (indicator_id, municipality_code, period)
left join correction using (indicator_id, municipality_code, period)
order by dated.indicator_id, dated.municipality_code, dated.period
