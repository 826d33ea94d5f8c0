-- finds: reviewed ICT company/companies is/are not in Enhetsregisteret
-- why: the reviewed list follows the register
-- severity: warn
select reviewed.organisation_number, reviewed.name
from raw.ict_company as reviewed
anti join raw.company using (organisation_number)
where exists (select 1 from raw.company)
order by all
