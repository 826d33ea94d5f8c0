-- finds: stay/stays in ROBEK has/have days that can't be, or no municipality
-- why: a stay ends after it begins, before the next begins, and is of a municipality of its year
-- severity: block
-- concerns: sources
with stay as (
    select
        stay.*,
        reply.table_id,
        lead(entered_on) over (partition by municipality_code order by entered_on) as next_entered_on
    from raw.stay as stay
    inner join raw.reply as reply using (reply_id)
)

select
    stay.municipality_code, stay.entered_on, stay.left_on, stay.next_entered_on,
    [stay.table_id] as table_ids
from stay
left join (select distinct reported_code as municipality_code, true as is_placed from mart.robek_stay)
    as placed using (municipality_code)
where
    stay.left_on < stay.entered_on
    or coalesce(stay.left_on, date 'infinity') > stay.next_entered_on
    or placed.is_placed is null
order by all
