-- one row: a figure on today's division, before ratios are made
-- key: indicator_id, municipality_code, period
-- table_id: the table it was taken from; where several have it, own codes come first, then the
--     order of the catalogue
with carried as (
    select
        split_part(indicator_id, '@', 1) as base_id,
        split_part(indicator_id, '@', 2) as table_id,
        split_part(indicator_id, '@', 3) as division,
        * exclude (indicator_id, division_year, year)
    from core.harmonised((select max(year(valid_on)) from staging.klass_code))
),

best as (
    select carried.* exclude (base_id), carried.base_id as indicator_id
    from carried
    inner join raw.indicator_origin as origin
        on origin.indicator_id = carried.base_id and origin.table_id = carried.table_id
    qualify row_number() over (
        partition by carried.base_id, carried.municipality_code, carried.period
        order by carried.value is null, carried.division <> 'own', origin.rank
    ) = 1
),

absent as (
    -- a complete register says something of those it does not list
    select
        indicator.indicator_id,
        origin.table_id,
        municipality.municipality_code,
        listed.period,
        indicator.absent_is as value,
        listed.reply_ids
    from raw.indicator as indicator
    inner join raw.indicator_origin as origin using (indicator_id)
    inner join (
        select indicator_id, period, any_value(reply_ids) as reply_ids from best group by all
    ) as listed using (indicator_id)
    cross join core.municipality as municipality
    anti join best
        on best.indicator_id = indicator.indicator_id
        and best.municipality_code = municipality.municipality_code
    where indicator.absent_is is not null
)

select
    indicator_id, municipality_code, period, value, quality, status, reported_codes, reply_ids,
    table_id
from best
union all by name
select
    indicator_id, municipality_code, period, value, 'reported' as quality,
    'not listed' as status, [municipality_code] as reported_codes, reply_ids, table_id
from absent
