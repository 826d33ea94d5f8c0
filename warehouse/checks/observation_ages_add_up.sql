-- finds: sum/sums of age groups differs/differ from the population
-- why: age groups are complete, unless one of the two was shared out over a division and the
--     other was not
-- severity: block
-- concerns: sources
with age as (
    select municipality_code, period, any_value(quality) as quality, sum(value) as aged,
        count(value) as groups, flatten(list(reply_ids)) as reply_ids
    from mart.observation
    where indicator_id in (
        'population_0_5', 'population_6_15', 'population_16_19', 'population_20_66',
        'population_67_79', 'population_80_plus'
    )
    group by all
)

select
    age.municipality_code, age.period, age.aged, total.value as total,
    core.tables_of(age.reply_ids || total.reply_ids) as table_ids
from age
inner join mart.observation as total using (municipality_code, period)
where
    total.indicator_id = 'population'
    and age.groups = 6
    and (age.quality = 'split_estimated') = (total.quality = 'split_estimated')
    and abs(age.aged - total.value) > 0.5
order by all
