-- one row: what a source says of a network's members without naming them
-- key: statement_id
-- statement_id: our name for the statement
-- network_id: the network it is about; NULL where it says there is none
-- statement_type: member_count, approximate_count, unknown_members or no_network_found
-- about: which members it speaks of
-- member_count: the number it gives
-- basis: what the evidence is, see mart.membership_basis
-- strength: strong or weak evidence for any single member
-- valid_from: from when
-- valid_to: last day, month or year; NULL where not found, which does not mean it goes on
-- source_url: the page that says so
-- source_date: the date of that page
-- note: what else to know
select
    statement.statement_id,
    statement.network_id,
    statement.statement_type,
    statement.about,
    statement.member_count,
    statement.basis,
    basis.strength,
    statement.valid_from,
    statement.valid_to,
    statement.source_url,
    statement.source_date,
    statement.note
from raw.network_statement as statement
inner join raw.membership_basis as basis using (basis)
order by statement.statement_id
