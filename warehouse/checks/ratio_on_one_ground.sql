-- finds: ratio/ratios has/have a numerator and a denominator of different ground
-- why: the publisher's own sum for a municipality that was divided is of other ground than ours; a
--     ratio with it has both parts from the publisher, under the code of today, and no estimate
-- severity: block
-- concerns: sources
with broken as materialized (
    -- few of very many figures
    select ratio.*, indicator.numerator, indicator.denominator
    from mart.observation as ratio
    inner join raw.indicator as indicator using (indicator_id)
    where indicator.aggregate = 'ratio'
        and ratio.value is not null
        and list_contains(ratio.warnings, 'break_in_series')
),

part as materialized (
    select indicator_id, municipality_code, period, reported_codes
    from mart.observation
    where indicator_id in (select unnest([numerator, denominator]) from broken)
)

select
    ratio.indicator_id,
    ratio.municipality_code,
    ratio.period,
    ratio.value,
    ratio.reported_codes,
    core.tables_of(ratio.reply_ids) as table_ids
from broken as ratio
left join part as numerator
    on numerator.indicator_id = ratio.numerator
    and numerator.municipality_code = ratio.municipality_code
    and numerator.period = ratio.period
left join part as denominator
    on denominator.indicator_id = ratio.denominator
    and denominator.municipality_code = ratio.municipality_code
    and denominator.period = ratio.period
where ratio.quality = 'split_estimated'
    or (
        ratio.reported_codes is distinct from [ratio.municipality_code]
        -- parts of one table under the same codes are of one ground, whatever it is
        and coalesce(numerator.reported_codes <> denominator.reported_codes, true)
    )
order by all
