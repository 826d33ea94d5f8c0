-- finds: ratio/ratios has/have a numerator and a denominator of different ground
-- why: the publisher's own sum for a municipality that was divided is of other ground than ours; a
--     ratio with it has both parts from the publisher, under the code of today, and no estimate
-- severity: block
-- concerns: sources
select
    ratio.indicator_id,
    ratio.municipality_code,
    ratio.period,
    ratio.value,
    ratio.reported_codes,
    core.tables_of(ratio.reply_ids) as table_ids
from mart.observation as ratio
inner join raw.indicator as indicator using (indicator_id)
left join mart.observation as numerator
    on numerator.indicator_id = indicator.numerator
    and numerator.municipality_code = ratio.municipality_code
    and numerator.period = ratio.period
left join mart.observation as denominator
    on denominator.indicator_id = indicator.denominator
    and denominator.municipality_code = ratio.municipality_code
    and denominator.period = ratio.period
where indicator.aggregate = 'ratio'
    and ratio.value is not null
    and list_contains(ratio.warnings, 'break_in_series')
    and (
        ratio.quality = 'split_estimated'
        or (
            ratio.reported_codes is distinct from [ratio.municipality_code]
            -- parts of one table under the same codes are of one ground, whatever it is
            and coalesce(numerator.reported_codes <> denominator.reported_codes, true)
        )
    )
order by all
