-- protects: the reader's knowledge that a table gets no new figures, and which one took its place
-- severity: warn
select
    table_id,
    publisher_table,
    coalesce(replaced_by, 'not known; search StatBank for its subject') as successor
from mart.source_table
where is_discontinued
order by all
