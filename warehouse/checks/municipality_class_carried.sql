-- finds: class/classes of municipalities is/are carried past the last day known
-- why: the classes of a new year come after it has begun; until then the last known ones are used
-- severity: warn
select
    classification,
    municipality_code,
    class_code,
    if(class_municipality_code <> municipality_code, class_municipality_code, null)
        as from_its_code_before,
    valid_to as known_until
from core.last_class
where valid_to <= valid_on or class_municipality_code <> municipality_code
order by all
