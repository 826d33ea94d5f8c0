-- The cells of the file attached as `warehouse` that were known at the moment set.
create view mart.cube as
select now.*
from warehouse.mart.cube as now
left join warehouse.raw.cell_since as cell
    using (table_id, reported_code, contents, codes, period)
left join warehouse.raw.cube_since as cube using (table_id)
where coalesce(
    cell.known_since, cube.known_since, (select min(started_at) from warehouse.raw.refresh_run)
) <= getvariable('moment')
union all by name
select * exclude (known_since, known_until)
from warehouse.raw.superseded_cell
where known_since <= getvariable('moment') and known_until > getvariable('moment');
