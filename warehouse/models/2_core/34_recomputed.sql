-- one row: a ratio made of its numerator and denominator on today's division
-- key: indicator_id, municipality_code, period
with ratio as (
    select * from raw.indicator where aggregate = 'ratio'
),

carried as (
    select * from core.carried
)

select
    ratio.indicator_id,
    numerator.municipality_code,
    numerator.period,
    ratio.factor * numerator.value / nullif(denominator.value, 0) as value,
    case
        when 'not_comparable' in (numerator.quality, denominator.quality) then 'not_comparable'
        when 'split_estimated' in (numerator.quality, denominator.quality) then 'split_estimated'
        else 'recomputed'
    end as quality,
    coalesce(numerator.status, denominator.status) as status,
    list_sort(list_distinct(numerator.reported_codes || denominator.reported_codes))
        as reported_codes,
    list_sort(list_distinct(numerator.reply_ids || denominator.reply_ids)) as reply_ids,
    numerator.table_id,
    list_distinct(numerator.table_ids || denominator.table_ids) as table_ids,
    numerator.holds_divided or denominator.holds_divided as holds_divided
from ratio
inner join carried as numerator on numerator.indicator_id = ratio.numerator
inner join carried as denominator
    on denominator.indicator_id = ratio.denominator
    and denominator.municipality_code = numerator.municipality_code
    and denominator.period = numerator.period
