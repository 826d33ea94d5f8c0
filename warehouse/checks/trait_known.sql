-- finds: trait/traits is/are known of no municipality
-- why: a trait that is declared and read says something
-- severity: block
-- concerns: sources
select trait_id, [table_id] as table_ids
from mart.trait
where is_asked and municipalities = 0
order by all
