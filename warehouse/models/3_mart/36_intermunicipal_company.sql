-- one row: an inter-municipal company (IKS) in Enhetsregisteret. Nothing here where the register was
--     not asked: see is_asked of mart.source_table
-- key: company_number
-- company_number: organisation number of the company
-- company_name: its name in the register; in capitals as there
-- legal_form: IKS
-- municipality_code: municipality of its business address
-- purpose: its purpose and activity in its own words
-- is_ending: bankrupt, or being wound up
-- is_ict: whether ICT is its business: as reviewed, else whether its purpose speaks of it
-- ict_basis: reviewed (a row of ict_company.csv) or purpose (words found); NULL where neither
-- ict_words: the words found in its purpose
-- cooperation_id: the cooperation it is in mart.cooperation_membership
-- owners: number of public bodies that own it, as the register lists them
-- municipal_owners: municipalities of today among them, or that one of them became part of
-- share_total_pct: what the known shares add to, percent
-- shares: of all shares of the company: add_to_100, do_not_add_to_100 (by more than 0.1),
--     not_all_known or none_known
-- owners_changed_on: when the register last changed its owners
with found as (
    select
        *,
        list_sort(list_distinct(regexp_extract_all(
            lower(coalesce(purpose, '')),
            '\b(?:ikt|edb|it(?:-[a-zæøå]+)?|informasjonsteknologi[a-zæøå]*|informasjonssystem[a-zæøå]*'
            || '|kommunikasjonsteknologi[a-zæøå]*|datadrift[a-zæøå]*|datasystem[a-zæøå]*'
            || '|datateknologi[a-zæøå]*|digitaliser[a-zæøå]*|programvare[a-zæøå]*)'
        ))) as ict_words
    from raw.company
),

owned as (
    select
        owner.organisation_number,
        count(*) as owners,
        count(distinct municipality.municipality_code) as municipal_owners,
        count(owner.share_pct) as shares_known,
        sum(owner.share_pct) as share_total_pct,
        max(owner.changed_on) as owners_changed_on
    from raw.company_owner as owner
    left join core.municipal_organisation as municipality
        on municipality.organisation_number = owner.owner_number
    group by owner.organisation_number
)

select
    company.organisation_number as company_number,
    company.name as company_name,
    company.legal_form,
    company.municipality_code,
    company.purpose,
    company.is_ending,
    coalesce(reviewed.is_ict, company.ict_words <> []) as is_ict,
    case
        when reviewed.is_ict is not null then 'reviewed'
        when company.ict_words <> [] then 'purpose'
    end as ict_basis,
    company.ict_words,
    cooperation.cooperation_id,
    coalesce(owned.owners, 0) as owners,
    coalesce(owned.municipal_owners, 0) as municipal_owners,
    owned.share_total_pct,
    case
        when coalesce(owned.shares_known, 0) = 0 then 'none_known'
        when owned.shares_known < owned.owners then 'not_all_known'
        when abs(owned.share_total_pct - 100) <= 0.1 then 'add_to_100'
        else 'do_not_add_to_100'
    end as shares,
    owned.owners_changed_on
from found as company
left join owned using (organisation_number)
left join raw.ict_company as reviewed using (organisation_number)
left join raw.cooperation as cooperation using (organisation_number)
order by company.organisation_number
