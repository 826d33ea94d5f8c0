-- finds: figure/figures is/are missing without a reason, or not missing with one
-- why: a missing figure says why, and only a missing figure does
-- severity: block
select indicator_id, municipality_code, period, value, missing_reason
from mart.observation
where (value is null) <> (missing_reason is not null)
order by all
