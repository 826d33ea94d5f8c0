-- one row: a figure of a municipality as it is to be carried to another division
-- key: series_id, reported_code, period
-- as of: current
-- indicator of a row: indicator_id
-- parts of: staging.observation, core.published_series, raw.indicator
-- series_id: core.published_series
-- indicator_id: that of its series
-- year: the year in whose division the code is read
-- value: NULL also where a 0 stands for missing
-- status: the publisher's symbol; `not listed` for a municipality a complete register leaves out
-- given_as: reported; recoded or summed where the publisher itself carried it (core.publisher_sum)
-- holds_divided: the publisher's sum holds the whole of a municipality that was divided
-- together: the codes whose figures only together are of the ground of that year (core.publisher_sum)
with observation as (
    select *
    from staging.observation
    where region_kind = 'municipality' and is_wanted(indicator_id)
),

series as (
    select * from core.published_series
),

publisher_sum as (
    select list.table_id, 'current' as division, summed.* exclude (division)
    from core.publisher_sum as summed
    inner join core.publisher_division as list using (division)
),

published as (
    select
        series.series_id,
        series.indicator_id,
        observation.reported_code,
        observation.period,
        if(series.division = 'current', list.code_year, observation.code_year) as year,
        if(series.zero_is_missing and observation.value = 0, null, observation.value) as value,
        observation.status,
        observation.reply_id,
        coalesce(publisher_sum.quality, 'reported') as given_as,
        coalesce(publisher_sum.holds_divided, false) as holds_divided,
        publisher_sum.together
    from observation
    inner join series using (indicator_id, table_id, division)
    left join core.publisher_division as list
        on list.table_id = series.table_id and series.division = 'current'
    left join publisher_sum
        on publisher_sum.division = series.division
        and publisher_sum.table_id = series.table_id
        and publisher_sum.year = observation.year
        and publisher_sum.municipality_code = observation.reported_code
),

complete_register as (
    select
        published.series_id,
        published.indicator_id,
        published.period,
        published.year,
        indicator.absent_is,
        any_value(published.reply_id) as reply_id
    from published
    inner join raw.indicator as indicator using (indicator_id)
    where indicator.absent_is is not null
    group by all
),

absent as (
    -- a complete register says something of those it does not list
    select
        register.series_id,
        register.indicator_id,
        crosswalk.from_code as reported_code,
        register.period,
        register.year,
        register.absent_is as value,
        'not listed' as status,
        register.reply_id,
        'reported' as given_as,
        false as holds_divided,
        null::varchar[] as together
    from complete_register as register
    inner join core.division_year as division_year using (year)
    inner join core.crosswalk as crosswalk
        on crosswalk.from_date = division_year.division
        and crosswalk.to_date = division_year.division
    anti join published
        on published.series_id = register.series_id
        and published.period = register.period
        and published.reported_code = crosswalk.from_code
)

select * from published
union all by name
select * from absent
order by series_id
