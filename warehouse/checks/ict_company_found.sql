-- protects: the reviewed list of ICT companies: each is still in the register, where it was asked
-- severity: warn
select reviewed.organisation_number, reviewed.name
from raw.ict_company as reviewed
anti join raw.company using (organisation_number)
where exists (select 1 from raw.company)
order by all
