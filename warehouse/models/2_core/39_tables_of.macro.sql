-- The source tables that some replies are of
create or replace macro core.tables_of(ids) as (
    select coalesce(list(distinct table_id order by table_id), [])
    from raw.reply
    where list_contains(ids, reply_id)
);
