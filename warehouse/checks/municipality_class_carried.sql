-- finds: class/classes of municipalities is/are carried past the last day known
-- why: the classes of a new year come after it has begun; until then the last known ones are used
-- severity: warn
select
    class.classification,
    class.municipality_code,
    class.class_code,
    class.valid_to as known_until
from core.municipality_class as class
inner join core.municipality as municipality using (municipality_code)
where class.valid_from <= municipality.valid_on
qualify
    row_number() over (
        partition by class.municipality_code, class.classification order by class.valid_from desc
    ) = 1
    and class.valid_to <= municipality.valid_on
order by all
