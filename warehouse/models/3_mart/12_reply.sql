-- one row: a reply of a publisher, or a file, that this warehouse was built from; `reply_ids` of an
--     observation lead here
-- key: reply_id
-- reply_id: identity of the question and its answer
-- table_id: the source table it belongs to
-- method: GET or POST; for a file GET
-- request_url: the address asked; for a file `file:` and its name
-- body: what was sent along, for POST
-- sha256: SHA-256 of the reply; the body is kept under it in the folder replies; of
--     Enhetsregisteret the reply is an extract without persons, see provenance
-- bytes: size of the reply
-- division: the division its municipality codes live in: own (of each figure's year), current, or a year
-- as_of: the day the figures were taken from the publisher: for a live reply the day of the call, for
--     a recorded one the day of the recording; for a file the day it was published, where the source
--     says so, else the day it was read
-- updated: when the publisher last changed the table, where its replies say so
-- fetched_at: when it was fetched by this warehouse
-- upstream: where it was fetched: live, recorded, file, or the address of a server
-- provenance: for recorded figures and files, the way they came
select
    reply_id, table_id, method, url as request_url, body, sha256, bytes, division, as_of, updated,
    fetched_at, upstream, provenance
from raw.reply
order by table_id, reply_id
