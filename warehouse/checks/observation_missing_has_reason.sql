-- finds: figure/figures is/are missing without a reason, or not missing with one
-- why: a missing figure says why, and only a missing figure does
-- severity: block
-- concerns: sources
select
    indicator_id, municipality_code, period, value, missing_reason,
    core.tables_of(reply_ids) as table_ids
from mart.observation
where (value is null) <> (missing_reason is not null)
order by all
