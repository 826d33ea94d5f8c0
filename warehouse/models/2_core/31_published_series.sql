-- one row: an indicator as one table gives it in the codes of one division. Figures of an
--     indicator that come in several tables or divisions are carried apart
-- key: series_id
-- series_id: indicator, table and division, with `@` between them
-- division: the division its codes live in: own (of each figure's year), current, or a year
-- preference: 1 for the series whose figure is taken where several have one: own codes come
--     first, then the order of the catalogue
with given as (
    select distinct indicator_id, table_id, division
    from staging.observation
    where region_kind = 'municipality'
)

select
    given.indicator_id || '@' || given.table_id || '@' || given.division as series_id,
    given.indicator_id,
    given.table_id,
    given.division,
    row_number() over (
        partition by given.indicator_id
        order by given.division <> 'own', origin.rank, given.division
    ) as preference,
    indicator.aggregate as aggregation,
    indicator.weight as weight_indicator_id,
    indicator.zero_is_missing
from given
inner join raw.indicator as indicator using (indicator_id)
inner join raw.indicator_origin as origin using (indicator_id, table_id)
order by given.indicator_id, preference
