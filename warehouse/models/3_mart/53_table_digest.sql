-- one row: what a table of mart held in a run; the same digest means the same rows
-- key: run_id, table_name
-- run_id: see mart.refresh_run
-- table_name: the table, without its schema
-- rows: its rows
-- digest: MD5 of its rows, whatever their order
select * from raw.table_digest order by run_id, table_name
