-- protects: a missing figure says why, and a figure that is there says nothing of being missing
-- severity: block
select indicator_id, municipality_code, period, value, missing_reason
from mart.observation
where (value is null) <> (missing_reason is not null)
order by all
