-- finds: municipality count/counts differs/differ from 357
-- why: a change of the map is looked at by a person before anything else
-- severity: block
select count(*) as municipalities
from mart.municipality
having count(*) <> 357
order by all
