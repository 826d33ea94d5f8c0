-- one row: a digitalisation network
-- key: network_id
-- network_id: our name for it
-- network_name: the name it goes by
-- scope: regional or sub_regional
-- parent_network_id: the network it lies inside
-- predecessor_ids: networks it came from, separated by ` ; `
-- county_description: the counties it covers, in words
-- valid_from: when it began, as precisely as published; NULL where not found
-- valid_to: last day, month or year; NULL where not found, which does not mean it goes on
-- source_url: the page that says so
-- source_date: the date of that page
-- note: what else to know
select
    network_id, name as network_name, scope, parent_network_id, predecessor_ids,
    county_description, valid_from, valid_to, source_url, source_date, note
from raw.network
order by network_id
