-- one row: a municipality code with one name, from one day to another, since 1838; what it came from
--     and what it went into
-- key: code, valid_from
-- code: four-digit municipality code, as text
-- name: official name in that time
-- valid_from: first day of this code with this name; 1838-01-01 where no beginning is known
-- valid_before: first day it no longer holds; NULL while it does
-- event: what happened on its first day: rename, recode, merger, split; NULL where Klass tells of no
--     change
-- predecessors: the codes that went into it, on its first day or while it was in force
-- successors: the codes that it, or a part of it, went into, while it was in force or on its last day
with change as (
    -- a transfer moves an area between two that both live on
    select changed_on, kind, old_code, new_code
    from core.change_event_part
    where kind <> 'transfer'
),

version as (
    select code, name, valid_from, valid_to, coalesce(valid_to, date 'infinity') as until
    from core.municipality_version
),

came_from as (
    select
        version.code,
        version.valid_from,
        string_agg(distinct kind, ', ' order by kind) filter (changed_on = version.valid_from)
            as event,
        list_sort(list(distinct old_code) filter (old_code <> new_code)) as predecessors
    from version
    inner join change
        on new_code = version.code and changed_on >= version.valid_from and changed_on < version.until
    group by version.code, version.valid_from
),

went_into as (
    select
        version.code,
        version.valid_from,
        list_sort(list(distinct new_code) filter (new_code <> old_code)) as successors
    from version
    inner join change
        on old_code = version.code and changed_on > version.valid_from and changed_on <= version.until
    group by version.code, version.valid_from
)

select
    version.code,
    version.name,
    version.valid_from,
    version.valid_to as valid_before,
    came_from.event,
    coalesce(came_from.predecessors, []) as predecessors,
    coalesce(went_into.successors, []) as successors
from version
left join came_from using (code, valid_from)
left join went_into using (code, valid_from)
order by version.code, version.valid_from
