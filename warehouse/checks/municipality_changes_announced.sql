-- finds: change/changes of municipalities is/are announced
-- why: figures are carried to the new municipalities from that day on
-- severity: warn
select changed_on, old_code, old_name, new_code, new_name
from raw.klass_change
where changed_on > (select max(valid_on) from raw.klass_code)
order by all
