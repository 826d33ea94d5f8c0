-- finds: change/changes of municipalities has/have taken effect since the vintage before
-- why: figures are carried to another division than before
-- severity: warn
with run as (
    select started_at from raw.refresh_run order by started_at desc limit 2
)

select event.kind, event.changed_on, event.old_codes as from_codes, event.new_codes as to_codes
from core.change_event as event
where event.changed_on > (select min(started_at)::date from run)
    and event.changed_on <= (select max(valid_on) from staging.klass_code)
    and (select count(*) from run) = 2
order by all
