-- finds: municipality/municipalities lies/lie in a county without a name
-- why: a new county has its name once Klass tells to which county municipalities belong
-- severity: warn
select municipality_code, municipality_name, county_code
from core.municipality
where county_name is null
order by all
