-- protects: owners and companies that come in different replies and belong together: most companies
--     have owners
-- severity: block
select count(*) as companies, count(*) filter (owners > 0) as with_owners
from mart.intermunicipal_company
having companies > 0 and with_owners < companies / 2
order by all
