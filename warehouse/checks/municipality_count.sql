-- finds: municipality/municipalities differs/differ from Klass, or has/have appeared without a change
-- why: a municipality that appears or is lost without a change of the map would be counted wrongly
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

explained as (
    -- a change names it, or it had inhabitants under this code in an earlier year
    select old_code as code from staging.klass_change
    union
    select new_code from staging.klass_change
    union
    select reported_code
    from staging.observation
    where indicator_id = 'population'
        and division = 'own'
        and year < (select max(year(valid_on)) from staging.klass_code)
)

select
    coalesce(klass_code.code, municipality.municipality_code) as code,
    coalesce(klass_code.name, municipality.municipality_name) as name,
    if(klass_code.code is null, 'not in Klass', 'lost') as fault
from klass_code
full join mart.municipality as municipality on municipality.municipality_code = klass_code.code
where klass_code.code is null or municipality.municipality_code is null
union all
select code, name, 'explained by no change' from klass_code anti join explained using (code)
order by all
