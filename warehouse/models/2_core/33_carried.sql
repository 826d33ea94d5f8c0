-- one row: a figure on today's division, before ratios are made
-- key: indicator_id, municipality_code, period
-- holds_divided: the publisher's own sum, over a municipality that was divided since
-- table_ids: the tables it was taken from; for a ratio more than one
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

sum_relation as (
    -- what the publisher did where it carried a series to today's division itself
    select
        division_year.year,
        crosswalk.to_code as municipality_code,
        case
            when count(*) > 1 or min(crosswalk.weight) is distinct from 1 then 'summed'
            when min(crosswalk.from_code) = crosswalk.to_code then 'reported'
            else 'recoded'
        end as quality,
        -- a divided municipality is put whole into one of its parts by the publisher's sums
        min(crosswalk.weight) is distinct from 1 as holds_divided
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year
        on division_year.division = crosswalk.from_date
    where crosswalk.to_date = (select max(valid_from) from core.division)
    group by division_year.year, crosswalk.to_code
),

best as (
    select
        carried.* exclude (base_id, quality),
        carried.base_id as indicator_id,
        if(
            carried.division = 'current' and carried.quality = 'reported',
            coalesce(sum_relation.quality, carried.quality),
            carried.quality
        ) as quality,
        carried.division = 'current' and coalesce(sum_relation.holds_divided, false)
            as holds_divided
    from carried
    left join sum_relation
        on sum_relation.municipality_code = carried.municipality_code
        and sum_relation.year = carried.period[1:4]::integer
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
        and best.period = listed.period
    where indicator.absent_is is not null
)

select
    indicator_id, municipality_code, period, value, quality, status, reported_codes, reply_ids,
    table_id, [table_id] as table_ids, holds_divided
from best
union all by name
select
    indicator_id, municipality_code, period, value, 'reported' as quality,
    'not listed' as status, [municipality_code] as reported_codes, reply_ids, table_id,
    [table_id] as table_ids, false as holds_divided
from absent
