-- one row: a row of a file that could not be placed in a municipality, and why
-- key: table_id, row
-- table_id: the source table
-- row: row number in the file
-- raw_value: the name or code it gives
-- reason: why it was refused
select reply.table_id, refused.row, refused.raw_value, refused.reason
from raw.refused_row as refused
inner join raw.reply as reply using (reply_id)
order by all
