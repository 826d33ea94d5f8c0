-- protects: a correction goes once the publisher has mended the figure it stands for
-- severity: block
select correction.correction_id, published.indicator_id, published.reported_code, published.period,
    published.value as now_published, correction.published as was_published
from raw.correction as correction
inner join raw.observation as published
    on published.reported_code = correction.reported_code
    and published.period between correction.first_period and correction.last_period
inner join raw.reply as reply
    on reply.reply_id = published.reply_id and reply.table_id = correction.table_id
where published.value <> correction.published
