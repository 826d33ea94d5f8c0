-- one row: a stay of a municipality in ROBEK, from 2001 to 2016, under the code of today
-- key: municipality_code, reported_code, entered_on
-- municipality_code: municipality of today that has its ground, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- reported_code: the code of 2016 it stands under
-- entered_on: the day it entered the register
-- left_on: the day it left the list again; NULL where it was in on last_seen_on
-- last_seen_on: the day of the source; what happened after it is not known
-- is_part: whether it is a part of a municipality that has been divided since
-- table_id: the source, see mart.source_table
select
    crosswalk.to_code as municipality_code,
    municipality.municipality_name,
    stay.municipality_code as reported_code,
    stay.entered_on,
    stay.left_on,
    reply.as_of as last_seen_on,
    coalesce(crosswalk.weight < 1, true) as is_part,
    reply.table_id
from raw.stay as stay
inner join raw.reply as reply using (reply_id)
inner join core.division_year as division_year
    on division_year.year = try_cast(reply.division as integer)
inner join core.crosswalk as crosswalk
    on crosswalk.from_code = stay.municipality_code
    and crosswalk.from_date = division_year.division
    and crosswalk.to_date = (select max(division) from core.division_year)
inner join core.municipality as municipality on municipality.municipality_code = crosswalk.to_code
order by all
