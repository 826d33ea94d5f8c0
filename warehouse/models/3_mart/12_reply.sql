-- one row: a reply of a publisher from which figures were taken; `reply_ids` of an observation
--     lead here
-- key: reply_id
-- reply_id: identity of the question and its answer
-- table_id: the source table it belongs to
-- method: GET, POST, or for a file its name in url
-- url: the address asked
-- body: what was sent along, for POST
-- sha256: SHA-256 of the reply; the body is kept under it in the folder replies
-- bytes: size of the reply
-- division: the division its municipality codes live in: own (of each figure's year), current, or a year
-- as_of: the day the figures were taken from the publisher
-- updated: when the publisher last changed the table, where the reply says so
-- fetched_at: when it was fetched by this warehouse
-- upstream: where it was fetched
-- provenance: for recorded figures and files, the way they came
select
    reply_id, table_id, method, url, body, sha256, bytes, division, as_of, updated, fetched_at,
    upstream, provenance
from raw.reply
order by table_id, reply_id
