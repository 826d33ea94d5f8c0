-- one row: a municipality of today that is to be changed on a day that is decided, as long as that day
--     has not come
-- key: change_id, municipality_code
-- change_id: our name for the change
-- municipality_code: four-digit municipality code of today, as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- kind: what happens to it: merger
-- takes_effect_on: the day on which it happens
-- partners: codes of the other municipalities in the same change
-- new_name: name of what it becomes a part of
-- new_code: code of that; NULL where none was found
-- decided_by: storting, king_in_council or ministry
-- decided_on: the day of the decision
-- source_url: the pages that say so
-- source_date: the date of the page
-- note: what else to know
select
    change.change_id,
    change.municipality_code,
    municipality.municipality_name,
    change.kind,
    change.takes_effect_on,
    list_filter(
        list(change.municipality_code) over (partition by change.change_id),
        lambda code: code <> change.municipality_code
    ) as partners,
    change.new_name,
    change.new_code,
    change.decided_by,
    change.decided_on,
    change.source_url,
    change.source_date,
    change.note
from raw.decided_change as change
inner join core.municipality as municipality using (municipality_code)
where change.takes_effect_on > municipality.valid_on
order by change.takes_effect_on, change.change_id, change.municipality_code
