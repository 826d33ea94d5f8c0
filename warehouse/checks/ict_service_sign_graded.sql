-- finds: server/servers that several municipalities share has/have no grade
-- why: what sort of sign a name is, somebody has looked at
-- severity: warn
select host, municipalities, any_value(municipality_code) as municipality_code
from mart.ict_service_sign
where grade is null
group by all
order by all
