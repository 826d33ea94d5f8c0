-- Compares mart.cube with that of the file attached as `before`, and carries on its history. A cube
-- whose replies are the same is not looked at cell by cell.
create temp table this_run as
from raw.refresh_run order by started_at desc limit 1;

create temp table changed_cube as
select old.table_id
from (
    select table_id, list(distinct reply_id order by reply_id) as replies
    from before.mart.cube group by table_id
) as old
left join (
    select table_id, list(distinct reply_id order by reply_id) as replies
    from mart.cube group by table_id
) as new using (table_id)
where new.replies is distinct from old.replies;

insert into raw.cube_since by name
select now.table_id, this_run.started_at as known_since
from (select distinct table_id from mart.cube) as now
cross join this_run
anti join before.mart.cube as old using (table_id)
union all by name
from before.raw.cube_since semi join mart.cube using (table_id);

create temp table cell_before as
select
    old.*,
    coalesce(
        cell.known_since, cube.known_since, (select min(started_at) from before.raw.refresh_run)
    ) as known_since
from before.mart.cube as old
semi join changed_cube using (table_id)
left join before.raw.cell_since as cell
    using (table_id, reported_code, contents, codes, period)
left join before.raw.cube_since as cube using (table_id);

create temp table cell_stands as
select new.table_id, new.reported_code, new.contents, new.codes, new.period, old.known_since
from mart.cube as new
inner join cell_before as old using (table_id, reported_code, contents, codes, period)
where new.value is not distinct from old.value and new.status is not distinct from old.status;

insert into raw.superseded_cell by name
from before.raw.superseded_cell
union all by name
select old.*, this_run.started_at as known_until
from cell_before as old
cross join this_run
anti join cell_stands using (table_id, reported_code, contents, codes, period);

insert into raw.cell_since by name
from before.raw.cell_since
semi join mart.cube using (table_id)
anti join changed_cube using (table_id)
union all by name
from cell_stands
where known_since > coalesce(
    (from raw.cube_since select known_since where cube_since.table_id = cell_stands.table_id),
    (select min(started_at) from raw.refresh_run)
)
union all by name
select
    new.table_id, new.reported_code, new.contents, new.codes, new.period,
    this_run.started_at as known_since
from mart.cube as new
cross join this_run
semi join changed_cube using (table_id)
anti join cell_stands using (table_id, reported_code, contents, codes, period);

drop table cell_stands;
drop table cell_before;
drop table changed_cube;
drop table this_run;
