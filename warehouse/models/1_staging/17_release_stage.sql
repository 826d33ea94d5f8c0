-- one row: a period of a KOSTRA table and which of its two editions its figures are of. The service
--     does not say; it follows from when the table was last updated
-- key: table_id, period
-- release_stage: unrevised (published about 15 March), revised (about 15 June); NULL where the reply
--     does not say when the table was updated
with edition as (
    select reply.table_id, max((reply.updated at time zone 'UTC')::date) as updated_on
    from raw.reply as reply
    inner join raw.source_table as source using (table_id)
    where source.is_kostra
    group by reply.table_id
),

figure as (
    select distinct table_id, period, year, max(year) over (partition by table_id) as newest
    from staging.observation
)

select
    figure.table_id,
    figure.period,
    edition.updated_on,
    case
        when edition.updated_on is null then null
        -- only the newest year can be unrevised, and only between the two days of publication; both
        -- move to the next working day, never to an earlier one
        when figure.year = figure.newest
            and figure.newest >= year(edition.updated_on) - 1
            and edition.updated_on between make_date(year(edition.updated_on), 3, 1)
            and make_date(year(edition.updated_on), 6, 14)
            then 'unrevised'
        else 'revised'
    end as release_stage
from figure
inner join edition using (table_id)
