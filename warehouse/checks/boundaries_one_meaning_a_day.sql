-- finds: municipality/municipalities has/have a code that means another on the same day
-- why: a code and a day identify one municipality
-- severity: block
-- concerns: everything
select one.code, one.name, other.name as other_name, other.valid_from
from core.municipality_version as one
inner join core.municipality_version as other
    on other.code = one.code
    and other.valid_from > one.valid_from
    and other.valid_from < coalesce(one.valid_to, date 'infinity')
order by all
