-- finds: adoption/adoptions has/have a day that can't be
-- why: nothing is left before it is taken into use, or known after the last list
-- severity: block
-- concerns: sources
select [table_id] as table_ids, municipality_code, adopted_on, left_on, last_seen_on
from mart.adoption
where left_on < adopted_on or adopted_on > last_seen_on
order by all
