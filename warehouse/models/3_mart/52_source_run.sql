-- one row: what became of a table in a published run
-- key: run_id, table_id
-- run_id: see mart.refresh_run
-- table_id: see mart.source_table
-- outcome: what became of it in the run; fetched, unchanged (not asked because nothing changed), failed (shown with its last good
--     figures, if it has any), skipped (no recording)
-- message: why, in words
select source_run.* from raw.source_run as source_run
inner join raw.refresh_run as refresh_run using (run_id)
order by refresh_run.started_at, source_run.table_id
