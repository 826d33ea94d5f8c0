-- finds: company/companies has/have owners' shares that do not add to 100 %
-- why: the share of an owner is compared only where all shares are known
-- severity: warn
select company_number, company_name, shares, share_total_pct
from mart.intermunicipal_company
where owners > 0 and shares <> 'add_to_100'
order by all
