-- one row: a change of code or name that Klass 131 lists
-- changed_on: first day of the new state
select distinct changed_on, old_code, old_name, new_code, new_name
from raw.klass_change
