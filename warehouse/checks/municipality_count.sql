-- protects: Norway has 357 municipalities since 2024-01-01; another number is a change of the map
--     that a person must look at first
-- severity: block
select count(*) as municipalities
from mart.municipality
having count(*) <> 357
order by all
