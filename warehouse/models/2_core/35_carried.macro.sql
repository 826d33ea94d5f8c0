-- as of: current
-- Indicators on one division, each figure from the series that is taken first, before ratios are
-- made: core.carried(2024), or of a few indicators, core.carried(2019, indicators := [...]). A row
-- for each indicator, municipality and period; table_ids: the table a figure was taken from.
create or replace macro core.carried(on_year, indicators := null) as table
select
    series.indicator_id,
    series.table_id,
    [series.table_id] as table_ids,
    harmonised.* exclude (series_id, year)
from core.harmonised(on_year, indicators := indicators) as harmonised
inner join core.published_series as series using (series_id)
qualify row_number() over (
    partition by series.indicator_id, harmonised.municipality_code, harmonised.period
    order by harmonised.value is null, series.preference
) = 1;
