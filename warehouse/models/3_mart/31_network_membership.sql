-- one row: a municipality of today in a network since one date, with the evidence for it. Members that
--     have merged are one. Membership is not use
-- key: network_id, municipality_code, valid_from_text
-- network_id: see mart.network
-- network_name: the name it goes by
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- valid_from: when it began, as precisely as published; NULL where not found
-- valid_to: last day, month or year; NULL where not found, which does not mean it goes on
-- valid_from_text: valid_from, empty where not found; part of the key
-- basis: what the evidence is, see mart.membership_basis; the strongest where there are more
-- bases: all that it rests on, the strongest first
-- strength: strong or weak evidence
-- warnings: weak_membership_basis where the evidence is weak; member_as_successor where it is a part
--     of a member that was divided, and no source says that the part went on as a member
-- reported_code: the code the source means; those of members that have merged with ` ; ` between them
-- code_year: the year in whose division the first of them is
-- source_url: the page that says so; several with ` ; ` between them, the best supported first
-- source_date: the date of the first page
-- note: what else to know
select
    membership.network_id,
    network.name as network_name,
    membership.municipality_code,
    municipality.municipality_name,
    membership.valid_from,
    membership.valid_to,
    membership.valid_from_text,
    membership.basis,
    membership.bases,
    membership.strength,
    if(membership.strength = 'weak', ['weak_membership_basis'], [])
        || if(membership.is_part_of_member, ['member_as_successor'], []) as warnings,
    membership.reported_code,
    membership.code_year,
    membership.source_url,
    membership.source_date,
    membership.note
from core.network_membership as membership
inner join raw.network as network using (network_id)
left join core.municipality as municipality using (municipality_code)
order by membership.network_id, membership.municipality_code
