-- one row: something that happened to municipalities on one day
-- key: event_id
-- event_id: day, kind and the code that names the event, as in `2020-01-01 merger 1507`
-- kind: rename, recode, merger, split or transfer; see core.change_event_part
-- changed_on: the day it took effect
-- old_codes: the municipalities before
-- new_codes: the municipalities after
with change_event_part as (
    select * from core.change_event_part
)

select
    event_id,
    kind,
    changed_on,
    list_sort(list_distinct(list(old_code))) as old_codes,
    list_sort(list_distinct(list(new_code))) as new_codes
from change_event_part
group by event_id, kind, changed_on
order by event_id
