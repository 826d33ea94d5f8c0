-- finds: population figure/figures differs/differ from SSB's own sum
-- why: SSB gives one part the whole of a divided municipality, or leaves a part out, where ours
--     is an estimate
-- severity: warn
select
    published.year,
    published.code,
    round(ours.value) as ours,
    published.population as "SSB"
from staging.population_publisher_sum as published
inner join core.publisher_division as list on list.table_id = published.table_id and list.is_today
left join mart.observation as ours
    on ours.indicator_id = 'population'
    and ours.municipality_code = published.code
    and ours.period = published.year::varchar
where round(ours.value) is distinct from published.population
order by published.code, published.year
