-- one row: a municipality of today in a year, one column an indicator, but for those with
--     `wide: false` (the last period of the year; in years to come only projections)
-- key: municipality_code, year
-- as of: recomputed
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- year: calendar year
-- county_code: two-digit code of its county, as text
-- county_name: the county's name in Norwegian
-- centrality_class: 1 (most central) to 6 (least central), Klass 128; as it is today
-- kostra_group: code of the KOSTRA group, Klass 112; as it is today
-- is_district: district municipality by the ministry's definition: centrality class 4, 5 or 6; as it is today
-- networks: networks it is in today on any evidence
-- warnings: for each column that has any, what to know before using it: the vocabulary of
--     mart.observation
with last_of_year as (
    select municipality_code, municipality_name, year, indicator_id, value, warnings
    from mart.observation
    semi join (from raw.indicator where wide) as asked using (indicator_id)
    where value is not null
    qualify row_number() over (
        partition by municipality_code, year, indicator_id order by period desc
    ) = 1
),

warned as (
    select
        municipality_code,
        year,
        map_from_entries(
            list((indicator_id, warnings) order by indicator_id) filter (warnings <> [])
        ) as warnings
    from last_of_year
    group by municipality_code, year
),

wide as (
    from (
        pivot (select municipality_code, municipality_name, year, indicator_id, value from last_of_year)
        on indicator_id using any_value(value)
        group by municipality_code, municipality_name, year
    )
)

select
    wide.municipality_code,
    wide.municipality_name,
    wide.year,
    municipality.county_code,
    municipality.county_name,
    municipality.centrality_class,
    municipality.kostra_group,
    municipality.is_district,
    candidate.networks,
    coalesce(warned.warnings, map {}) as warnings,
    wide.* exclude (municipality_code, municipality_name, year)
from wide
inner join warned using (municipality_code, year)
inner join mart.municipality as municipality using (municipality_code)
inner join mart.case_candidate as candidate using (municipality_code)
order by wide.municipality_code, wide.year
