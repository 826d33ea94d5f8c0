-- finds: municipality/municipalities of today differs/differ between Klass and the graph of
--     changes
-- why: the graph of changes ends in the division that Klass has in force
-- severity: block
-- concerns: everything
-- remedy: If you know what became of it, state it: digidistrikt contracts accept klass_131 --change
--     OLD=NEW --why "how you know"
with klass_code as (
    select code, name
    from staging.klass_code
    where code <> '9999'
    qualify valid_on = max(valid_on) over ()
),

today as (
    select distinct code
    from core.division_piece
    where division = (select max(valid_from) from core.division)
)

select
    coalesce(klass_code.code, today.code) as code,
    klass_code.name,
    if(today.code is null, 'in Klass, not in the graph', 'in the graph, not in Klass') as fault
from klass_code
full join today on today.code = klass_code.code
where klass_code.code is null or today.code is null
order by all
