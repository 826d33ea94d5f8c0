-- one row: a municipality of today that took something digital into use, with the day
-- key: table_id, municipality_code
-- table_id: what was taken into use, by the source that tells of it: mart.source_table has its title
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- adopted_on: the day; of several municipalities that have merged, the first
-- left_on: the day it left the list again; NULL where it was in the last one
-- last_seen_on: the day of the source; what happened after it is not known
-- reported_codes: the codes it stands under in the source
-- listed_under: the code it was first listed under
-- is_part_of_adopter: whether it is a part of a municipality that has been divided since
-- evidence: what it rests on; where the source says so
with given as (
    select adoption.*, reply.table_id, reply.as_of, division_year.division
    from raw.adoption as adoption
    inner join raw.reply as reply using (reply_id)
    inner join core.division_year as division_year
        on division_year.year = try_cast(reply.division as integer)
),

carried as (
    select given.*, crosswalk.to_code, coalesce(crosswalk.weight < 1, true) as is_part
    from given
    inner join core.crosswalk as crosswalk
        on crosswalk.from_code = given.municipality_code
        and crosswalk.from_date = given.division
        and crosswalk.to_date = (select max(division) from core.division_year)
)

select
    carried.table_id,
    carried.to_code as municipality_code,
    any_value(municipality.municipality_name) as municipality_name,
    min(carried.adopted_on) as adopted_on,
    if(count(carried.left_on) = count(*), max(carried.left_on), null) as left_on,
    max(carried.as_of) as last_seen_on,
    list_sort(list(carried.municipality_code)) as reported_codes,
    arg_min(carried.listed_under, carried.adopted_on) as listed_under,
    bool_and(carried.is_part) as is_part_of_adopter,
    string_agg(distinct carried.evidence, ' | ' order by carried.evidence) as evidence
from carried
inner join core.municipality as municipality on municipality.municipality_code = carried.to_code
group by carried.table_id, carried.to_code
order by carried.table_id, carried.to_code
