-- one row: what a source says of a network's members without naming them
-- key: statement_id
-- statement_id: our name for the statement
-- network_id: the network it is about; NULL where it says there is none
-- statement_type: member_count, unknown_members or no_network_found
-- about: which members it speaks of
-- member_count: the number it gives
-- basis: what the evidence is
-- valid_from: from when
-- valid_to: until when
-- source_url: the page that says so
-- source_date: the date of that page
-- note: what else to know
select
    statement_id, network_id, statement_type, about, member_count, basis, valid_from, valid_to,
    source_url, source_date, note
from raw.network_statement
order by statement_id
