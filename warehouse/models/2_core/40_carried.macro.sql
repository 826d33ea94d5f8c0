-- as of: current
-- Indicators on one division, before ratios are made: core.carried(2024), or of a few indicators,
-- core.carried(2019, indicators := [...]); groups as in core.harmonised. A row for each indicator,
-- municipality, period and ground: `holds_divided` is the publisher's, with a divided municipality
-- whole in one of its parts. Several series may have a figure; it is of the one that is taken first.
create or replace macro core.carried(
    on_year, indicators := null, kind := null, on_day := null
) as table
select
    series.indicator_id,
    series.table_id,
    series.preference,
    harmonised.* exclude (series_id, year)
from core.harmonised(on_year, indicators := indicators, kind := kind, on_day := on_day) as harmonised
inner join core.published_series as series using (series_id)
qualify row_number() over (
    partition by
        series.indicator_id, harmonised.municipality_code, harmonised.period,
        harmonised.holds_divided
    order by harmonised.value is null, series.preference
) = 1;
