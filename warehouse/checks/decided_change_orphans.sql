-- finds: municipality/municipalities of a decided change is/are not in force today
-- why: what is decided for the future is about municipalities of today; once the day has come, the row
--     has done its work
-- severity: warn
select change.change_id, change.municipality_code, change.municipality_name, change.takes_effect_on
from raw.decided_change as change
cross join (select max(valid_on) as valid_on from core.municipality) as today
anti join mart.municipality using (municipality_code)
where change.takes_effect_on > today.valid_on
order by all
