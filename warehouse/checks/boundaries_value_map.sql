-- finds: code/codes differs/differ between StatBank's list of merged municipalities and the
--     crosswalk
-- why: two independent descriptions of the same mergers must agree
-- severity: block
-- concerns: everything
with value_map as (
    select distinct
        regexp_extract(code, '\d{4}$') as code, regexp_extract(source_code, '\d{4}$') as source_code
    from staging.codelist_value_map
    where codelist = 'agg_KommSummer'
        -- once the publisher has brought it to today's division
        and exists (
            from core.publisher_division as list
            semi join staging.population_publisher_sum using (table_id)
            where list.is_today
        )
),

way as (
    select from_code as source_code, to_code as code, bool_or(relation like '%-to-one') as is_whole
    from core.crosswalk
    where to_date = (select max(valid_from) from core.division)
        -- StatBank sums back to 1986; codes have been used again since older divisions
        and from_date >= (select division from core.division_year where year = 1986)
    group by from_code, to_code
)

select value_map.code, value_map.source_code, 'in valueMap, not in the crosswalk' as fault
from value_map
anti join way using (code, source_code)
where value_map.source_code in (select source_code from way)
union all
select way.code, way.source_code, 'in the crosswalk, not in valueMap'
from way
anti join value_map using (code, source_code)
where way.is_whole
    and way.source_code in (select source_code from value_map)
    and way.code in (select code from value_map)
order by all
