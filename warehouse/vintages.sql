-- Compares mart.observation with that of the file attached as `before`, and carries on its history:
-- all of it, or that of the indicators in the variable `indicators` alone.
create temp table this_run as
from raw.refresh_run order by started_at desc limit 1;

create temp table known_before as
select
    old.*,
    coalesce(since.known_since, (select min(started_at) from before.raw.refresh_run)) as known_since
from before.mart.observation as old
left join before.raw.known_since as since using (indicator_id, municipality_code, period)
where is_wanted(old.indicator_id);

create temp table stands as
select new.indicator_id, new.municipality_code, new.period, old.known_since
from mart.observation as new
inner join known_before as old using (indicator_id, municipality_code, period)
where is_wanted(new.indicator_id)
    and new.value is not distinct from old.value
    and new.quality is not distinct from old.quality
    and new.status is not distinct from old.status
    and new.missing_reason is not distinct from old.missing_reason;

delete from raw.superseded where getvariable('indicators') is null;

insert into raw.superseded by name
select * from before.raw.superseded where getvariable('indicators') is null
union all by name
select
    old.indicator_id,
    old.municipality_code,
    old.period,
    old.value,
    old.quality,
    old.status,
    old.missing_reason,
    old.table_id,
    old.known_since,
    this_run.started_at as known_until,
    edition_before.release_stage as stage_before,
    edition.release_stage as stage_after
from known_before as old
cross join this_run
left join before.staging.release_stage as edition_before using (table_id, period)
left join staging.release_stage as edition using (table_id, period)
anti join stands using (indicator_id, municipality_code, period);

delete from raw.known_since where is_wanted(indicator_id);

insert into raw.known_since by name
select indicator_id, municipality_code, period, known_since
from stands
where known_since > (select min(started_at) from raw.refresh_run)
union all by name
select new.indicator_id, new.municipality_code, new.period, this_run.started_at as known_since
from mart.observation as new
cross join this_run
anti join stands using (indicator_id, municipality_code, period)
where is_wanted(new.indicator_id);

drop table stands;
drop table known_before;
drop table this_run;
