-- one row: a period of a KOSTRA table and which of its two editions its figures are of. SSB
--     publishes the year before about 15 March, unrevised, and about 15 June, revised; the service
--     does not say which, so it follows from when the table was last updated. Unrevised figures
--     carry the warning preliminary in mart.observation
-- key: table_id, period
-- table_id: the source table, see mart.source_table
-- period: the year
-- updated_on: the day the publisher last changed the table
-- release_stage: unrevised or revised; NULL where the reply does not say when it was updated
select table_id, period, updated_on, release_stage
from staging.release_stage
order by table_id, period
