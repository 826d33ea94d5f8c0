-- one row: an indicator of a municipality in a period, on today's division
-- key: indicator_id, municipality_code, period
-- as of: kept
-- indicator of a row: indicator_id
-- parts of: core.observation_reported, core.published_series, staging.observation, raw.indicator
-- indicator_id: see mart.indicator
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- period: the publisher's own code for the period: 2026, 2024K2, 2022H1, 2026-06-01
-- year: the year of the period
-- period_start: first day of the period
-- value: the figure; NULL if missing, never 0 for missing
-- unit: unit of the value
-- quality: reported (as published), recoded (the code has changed, nothing else), summed (over
--     merged municipalities), recomputed (a ratio made again of its parts), weighted (a weighted
--     mean), split_estimated (shared out by the population of the parts); of NULL,
--     not_comparable (cannot be carried, or a part is missing) or missing (not published or kept);
--     of a declared composite that of its weakest part
-- status: the publisher's own symbol, where it gives one; `not listed` for a municipality that a
--     complete register leaves out, `no row` for one that a whole source has no row for
-- missing_reason: why value is NULL
-- warnings: what to know before using it: a fixed vocabulary
-- reported_codes: the codes the figure was published under
-- table_id: the source table, see mart.source_table; NULL for a declared composite
-- reply_ids: the replies it was taken from, see mart.reply
select * exclude (division_year)
from (
    from core.series(
        getvariable('indicators'), (select max(year(valid_on)) from staging.klass_code)
    )
    union all by name
    from core.composite(
        getvariable('indicators'), (select max(year(valid_on)) from staging.klass_code)
    )
)
order by indicator_id, municipality_code, period
