-- finds: adoption/adoptions stands/stand under a code that was no municipality in its year
-- why: what a source says of a municipality is not lost in silence
-- severity: block
-- concerns: sources
select adoption.municipality_code, adoption.adopted_on, [reply.table_id] as table_ids
from raw.adoption as adoption
inner join raw.reply as reply using (reply_id)
anti join (
    select division_year.year, crosswalk.from_code
    from core.division_year as division_year
    inner join core.crosswalk as crosswalk on crosswalk.from_date = division_year.division
) as known
    on known.year = try_cast(reply.division as integer)
    and known.from_code = adoption.municipality_code
order by all
