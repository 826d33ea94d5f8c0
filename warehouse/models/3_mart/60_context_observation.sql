-- one row: a figure about a sector or a group of bodies, never about one municipality: what the ICT
--     survey says of all municipalities together, or of those of a size. Nothing copies it onto a
--     municipality
-- key: table_id, subject, breakdown, period
-- table_id: the source table, see mart.source_table
-- subject: what was measured, in the words of the source
-- breakdown: whom it is about: each grouping of the source and the group, in its words
-- period: the publisher's own code for the period
-- year: the year of the period
-- value: the figure; NULL if missing
-- unit: unit of the value
-- status: the publisher's own symbol, where it gives one
-- reply_id: the reply it was taken from, see mart.reply
select
    reply.table_id,
    context.subject,
    context.breakdown,
    context.period,
    try_cast(context.period[1:4] as integer) as year,
    context.value,
    context.unit,
    context.status,
    context.reply_id
from raw.context_observation as context
inner join raw.reply as reply using (reply_id)
order by reply.table_id, context.subject, context.period, context.breakdown::varchar
