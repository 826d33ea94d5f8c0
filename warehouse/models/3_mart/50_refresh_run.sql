-- one row: a refresh that was published: a vintage of the warehouse
-- key: run_id
-- run_id: name of the run; its replies are listed in the file of that name in the folder runs
-- started_at: when it was built
-- upstream: live, recorded, or the address of a server
-- code_version: version of digidistrikt that built it
-- calls: calls made to publishers
-- replies: replies it was built from
-- observations: figures read from them, missing ones included
select * from raw.refresh_run order by started_at
