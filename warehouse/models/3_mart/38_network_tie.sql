-- one row: a municipality of today in a group, which is a digitalisation network or an inter-municipal
--     co-operation: the two-mode net of municipalities and groups, for any day and any evidence
-- as of: current
-- key: group_id, municipality_code, valid_from_text
-- group_id: network_id or cooperation_id
-- group_name: the name it goes by
-- group_kind: network, ict_cooperation or child_welfare (a co-operation on child welfare)
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- valid_from: when it began, as precisely as published; NULL where not found
-- valid_to: last day, month or year; NULL where not found, which does not mean it goes on
-- valid_from_text: valid_from, empty where not found; part of the key
-- has_ended: known to have ended on the day of the newest figures
-- basis: what the evidence is, see mart.membership_basis; for a co-operation always named_in_source
-- strength: strong or weak evidence
-- source_url: the page that says so; several with ` ; ` between them
-- source_date: the date of that page
with vintage as (
    select max(as_of)::varchar as day from raw.reply
),

tie as (
    select
        network_id as group_id, network_name as group_name, 'network' as group_kind,
        municipality_code, municipality_name, valid_from, valid_to, valid_from_text,
        basis, strength, source_url, source_date
    from mart.network_membership
    union all
    -- a member that was called by two names is one
    select
        cooperation_id, any_value(cooperation_name),
        if(field = 'ict', 'ict_cooperation', field), municipality_code,
        any_value(municipality_name), any_value(valid_from), max(valid_to), valid_from_text,
        'named_in_source', 'strong',
        string_agg(distinct source_url, ' ; ' order by source_url), max(source_date)
    from mart.cooperation_membership
    where municipality_code is not null
    group by cooperation_id, field, municipality_code, valid_from_text
)

select
    tie.group_id,
    tie.group_name,
    tie.group_kind,
    tie.municipality_code,
    tie.municipality_name,
    tie.valid_from,
    tie.valid_to,
    tie.valid_from_text,
    coalesce(tie.valid_to < vintage.day[1:len(tie.valid_to)], false) as has_ended,
    tie.basis,
    tie.strength,
    tie.source_url,
    tie.source_date
from tie
cross join vintage
order by tie.group_id, tie.municipality_code, tie.valid_from_text
