-- one row: a public body that owns a part of an inter-municipal company, as Enhetsregisteret has it
-- key: company_number, position
-- company_number: organisation number of the company, see mart.intermunicipal_company
-- position: position of the owner in the register's list
-- company_name: its name in the register; in capitals as there
-- owner_number: organisation number of the owner
-- owner_name: its name in the register
-- owner_form: legal form of the owner: KOMM (municipality), FYLK (county), IKS, ...
-- municipality_code: the municipality of today that the owner is or became part of; NULL for another
--     body, and for a municipality of before that was divided
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- liability: DTPR (liable for its share) or DTSO (liable for all)
-- share_text: its share in the register's own words
-- owner_share_pct: share of an inter-municipal company, percent; NULL where the register says none, or nothing readable
-- shares: of all shares of the company: add_to_100, do_not_add_to_100 (by more than 0.1),
--     not_all_known or none_known
select
    owner.organisation_number as company_number,
    owner.position,
    company.company_name,
    owner.owner_number,
    owner.owner_name,
    owner.owner_form,
    municipality.municipality_code,
    municipality.municipality_name,
    owner.liability,
    owner.share_text,
    owner.share_pct as owner_share_pct,
    company.shares
from raw.company_owner as owner
inner join mart.intermunicipal_company as company
    on company.company_number = owner.organisation_number
left join core.municipal_organisation as organisation
    on organisation.organisation_number = owner.owner_number
left join core.municipality as municipality
    on municipality.municipality_code = organisation.municipality_code
order by owner.organisation_number, owner.position
