-- one row: a table, register or file of a publisher, with what a citation needs
-- key: table_id
-- as of: current
-- table_id: our name for it
-- publisher: who publishes it
-- publisher_table: its number at the publisher
-- kind: statbank, klass, brreg (Enhetsregisteret), uutilsynet, datanorge or file
-- title_nb: title in bokmål
-- title_en: title in English
-- licence: licence of the figures
-- citation: how to cite it
-- url: where people find it
-- published_on: when it was published, as far as the source says; for StatBank see updated
-- is_asked: whether there is an answer to it, of this run or of an earlier one; what was not asked
--     is unknown, which is not the same as asked and absent
-- outcome: what became of it in the run; fetched, unchanged, failed (the figures, if any, are the
--     last good ones) or skipped
-- message: why, in words
-- is_discontinued: whether the publisher says that it gets no new figures
-- replaced_by: the publisher's number of the table that took its place, where that is known
-- updated: when the publisher last changed the table, where its replies say so
-- accessed_at: when it was last fetched by this warehouse
-- upstream: where it was fetched: live, recorded, file, or the address of a server
-- recorded_on: for recorded figures, the day of the recording
-- provenance: for recorded figures and files, the way they came
-- note: what else to know
-- replies: number of replies it came in
-- observations: number of figures it gave, missing ones not counted
-- refused_rows: rows of a file that could not be placed
with reply as (
    select
        table_id,
        max(updated) as updated,
        arg_max(is_discontinued, fetched_at) as is_discontinued,
        max(fetched_at) as accessed_at,
        any_value(upstream) as upstream,
        max(as_of) filter (upstream = 'recorded') as recorded_on,
        string_agg(distinct provenance, ' | ' order by provenance) as provenance,
        count(*) as replies
    from raw.reply
    group by table_id
),

observation as (
    select table_id, count(value) as observations
    from (
        select table_id, value from staging.observation
        union all
        select reply.table_id, context.value
        from raw.context_observation as context
        inner join raw.reply as reply using (reply_id)
    )
    group by table_id
),

run as (
    select table_id, outcome, message
    from raw.source_run
    where run_id = (select max_by(run_id, started_at) from raw.refresh_run)
),

refused as (
    select table_id, count(*) as refused_rows
    from raw.refused_row
    inner join raw.reply using (reply_id)
    group by table_id
)

select
    source.table_id,
    source.publisher,
    source.publisher_table,
    source.kind,
    source.title_nb,
    source.title_en,
    source.licence,
    source.citation,
    source.url,
    source.published_on,
    reply.replies is not null as is_asked,
    run.outcome,
    run.message,
    coalesce(reply.is_discontinued, false) as is_discontinued,
    source.replaced_by,
    reply.updated,
    reply.accessed_at,
    reply.upstream,
    reply.recorded_on,
    coalesce(reply.provenance, source.obtained_via) as provenance,
    source.note,
    coalesce(reply.replies, 0) as replies,
    coalesce(observation.observations, 0) as observations,
    coalesce(refused.refused_rows, 0) as refused_rows
from raw.source_table as source
left join reply using (table_id)
left join observation using (table_id)
left join refused using (table_id)
left join run using (table_id)
order by source.table_id
