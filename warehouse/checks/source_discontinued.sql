-- finds: table/tables gets/get no new figures from the publisher
-- why: a discontinued table is replaced by its successor
-- severity: warn
select
    table_id,
    publisher_table,
    coalesce('successor ' || replaced_by, 'successor not known; search StatBank for its subject')
        as successor
from mart.source_table
where is_discontinued
order by all
