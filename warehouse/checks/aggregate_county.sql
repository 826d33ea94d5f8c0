-- finds: figure/figures of a county differs/differ from what its municipalities add up to
-- why: a publisher's own figure of a county shows whether mart.aggregate adds up the right
--     municipalities; no table of the catalogue asks for one, so only rows of a user's own table do
-- severity: warn
with published as (
    select indicator_id, reported_code as county_code, period, year, value
    from staging.observation
    where region_kind = 'county' and value is not null
),

-- counties with the ground that they have today
same_ground as (
    select published.*
    from published
    inner join core.division_year as division_year using (year)
    where not exists (
        from core.crosswalk as crosswalk
        where crosswalk.from_date = division_year.division
            and crosswalk.to_date = (select max(division) from core.division_year)
            and left(crosswalk.from_code, 2) <> left(crosswalk.to_code, 2)
            and published.county_code in (left(crosswalk.from_code, 2), left(crosswalk.to_code, 2))
    )
),

together as (
    from core.series(
        (select coalesce(list(distinct indicator_id), []) from published),
        (select max(year(valid_on)) from staging.klass_code),
        kind := 'county',
        on_day := (select max(valid_on) from staging.klass_code)
    )
)

select
    same_ground.indicator_id,
    same_ground.county_code,
    same_ground.period,
    same_ground.value as published,
    together.value as summed
from same_ground
inner join raw.indicator as indicator using (indicator_id)
inner join together
    on together.indicator_id = same_ground.indicator_id
    and together.municipality_code = same_ground.county_code
    and together.period = same_ground.period
where indicator.aggregate = 'sum' and abs(together.value - same_ground.value) > 0.5
order by all
