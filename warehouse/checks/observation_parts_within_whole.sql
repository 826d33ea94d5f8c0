-- finds: figure/figures of a part exceeds/exceed the whole
-- why: a part of the population, the employed or the staff is not more than all of them, unless
--     one of the two was shared out over a division
-- severity: block
-- concerns: sources
with pair (part_id, whole_id) as (
    values
        ('population_67_plus', 'population'),
        ('population_80_plus', 'population_67_plus'),
        ('employed_by_workplace_health', 'employed_by_workplace'),
        ('employed_by_workplace_ict', 'employed_by_workplace'),
        ('employed_by_workplace_public_administration', 'employed_by_workplace'),
        ('administration_fte', 'municipal_fte'),
        ('health_and_care_fte', 'municipal_fte')
)

select
    part.indicator_id,
    part.municipality_code,
    part.period,
    part.value,
    whole.indicator_id as of_indicator,
    whole.value as whole,
    core.tables_of(part.reply_ids || whole.reply_ids) as table_ids
from pair
inner join mart.observation as part on part.indicator_id = pair.part_id
inner join mart.observation as whole
    on whole.indicator_id = pair.whole_id
    and whole.municipality_code = part.municipality_code
    and whole.period = part.period
where
    part.value > whole.value + 0.5
    and (part.quality = 'split_estimated') = (whole.quality = 'split_estimated')
order by all
