-- one row: a published figure with the division its code lives in, corrections applied
-- key: indicator_id, table_id, division, reported_code, period
-- as of: current
-- indicator of a row: indicator_id
-- parts of: raw.observation, staging.accessibility_observation, staging.data_set_observation,
--     raw.reply
-- region_kind: municipality, county (a code of two digits) or country; other regions are not kept
-- code_year: year of the division in which the municipality code is to be read
-- division: own (the figure's own year), current, or a fixed year, as the table was asked for
-- correction_id: the correction that made a published figure missing
with published as (
    select * from raw.observation
    union all by name
    select * from staging.accessibility_observation
    union all by name
    select * from staging.data_set_observation
),

reply as (
    select * from raw.reply
),

this_year as (
    select max(year(valid_on)) as code_year from staging.klass_code
),

placed as (
    select
        published.*,
        reply.table_id,
        reply.division,
        regexp_extract(published.reported_code, '^(?:K[-_.])?(\d{4})$', 1) as municipality_code,
        regexp_matches(published.reported_code, '^\d{2}$') as is_county,
        try_cast(published.period[1:4] as integer) as year
    from published
    inner join reply using (reply_id)
    where is_wanted(published.indicator_id)
),

corrected as (
    select
        placed.*,
        correction.correction_id,
        correction.why as correction_why
    from placed
    left join raw.correction as correction
        on placed.table_id = correction.table_id
        and placed.reported_code = correction.reported_code
        and placed.period between correction.first_period and correction.last_period
        and placed.value is not distinct from correction.published
)

select
    corrected.indicator_id,
    corrected.table_id,
    corrected.division,
    case
        when corrected.municipality_code <> '' then 'municipality'
        when corrected.is_county then 'county'
        else 'country'
    end as region_kind,
    if(
        corrected.municipality_code = '', corrected.reported_code, corrected.municipality_code
    ) as reported_code,
    case corrected.division
        when 'own' then corrected.year
        when 'current' then this_year.code_year
        else corrected.division::integer
    end as code_year,
    corrected.period,
    corrected.year,
    if(corrected.correction_id is null, corrected.value, null) as value,
    corrected.status,
    corrected.unit,
    corrected.reply_id,
    corrected.correction_id,
    corrected.correction_why
from corrected
cross join this_year
where corrected.municipality_code <> '' or corrected.is_county
    or corrected.reported_code in ('country', '0', 'EAK')
