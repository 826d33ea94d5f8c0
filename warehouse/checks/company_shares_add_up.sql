-- protects: the reader's knowledge of companies whose owners' shares do not add to 100, or are not
--     all known
-- severity: warn
select organisation_number, company_name, shares, share_total_pct
from mart.intermunicipal_company
where owners > 0 and shares <> 'add_to_100'
order by all
