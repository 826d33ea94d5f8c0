-- finds: class/classes of municipalities is/are carried past the last day known
-- why: the classes of a new year come after it has begun; until then the last known ones are used
-- severity: warn
select
    classification,
    municipality_code
    || if(class_municipality_code = municipality_code, '', ' as ' || class_municipality_code)
        as municipality,
    class_code,
    valid_to as known_until
from core.last_class
where valid_to <= valid_on or class_municipality_code <> municipality_code
order by all
