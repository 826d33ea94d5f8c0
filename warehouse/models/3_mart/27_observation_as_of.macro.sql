-- The figures as they were known at a moment: those of today that stood then, and those that have
-- been changed since.
-- A day means its end, as in --as-of of the commands; anything more precise, that moment
create or replace macro core.moment(given) as if(
    regexp_full_match(given::varchar, '\d{4}-\d{2}-\d{2}'),
    given::varchar || ' 23:59:59.999999',
    given::varchar
)::timestamptz;

create or replace macro mart.observation_as_of(moment) as table
select
    now.indicator_id,
    now.municipality_code,
    now.period,
    now.value,
    now.quality,
    now.status,
    now.missing_reason,
    now.table_id,
    coalesce(since.known_since, (select min(started_at) from raw.refresh_run)) as known_since,
    null::timestamptz as known_until
from mart.observation as now
left join raw.known_since as since using (indicator_id, municipality_code, period)
where coalesce(since.known_since, (select min(started_at) from raw.refresh_run))
    <= core.moment(moment)
union all by name
select * exclude (stage_before, stage_after) from raw.superseded
where known_since <= core.moment(moment) and known_until > core.moment(moment);

comment on macro table mart.observation_as_of is
    'the figures as they were known at a moment, of a day at its end: observation_as_of(''2026-06-15'')';

-- What differs between two moments; change is added, withdrawn or revised
create or replace macro mart.changes_between(earlier, later) as table
select
    coalesce(a.indicator_id, b.indicator_id) as indicator_id,
    coalesce(a.municipality_code, b.municipality_code) as municipality_code,
    coalesce(a.period, b.period) as period,
    a.value as value_before,
    b.value as value_after,
    b.value - a.value as difference,
    case
        when a.indicator_id is null then 'added'
        when b.indicator_id is null then 'withdrawn'
        else 'revised'
    end as change,
    coalesce(b.table_id, a.table_id) as table_id,
    edition.stage_before,
    coalesce(edition.stage_after, today.release_stage) as stage_after,
    a.quality as quality_before,
    b.quality as quality_after
from (from mart.observation_as_of(earlier)) as a
full join (from mart.observation_as_of(later)) as b
    on a.indicator_id = b.indicator_id
    and a.municipality_code = b.municipality_code
    and a.period = b.period
left join (
    select
        indicator_id, municipality_code, period,
        min_by(stage_before, known_until) as stage_before,
        max_by(stage_after, known_until) as stage_after
    from raw.superseded
    where known_until > core.moment(earlier) and known_until <= core.moment(later)
    group by all
) as edition
    on edition.indicator_id = coalesce(a.indicator_id, b.indicator_id)
    and edition.municipality_code = coalesce(a.municipality_code, b.municipality_code)
    and edition.period = coalesce(a.period, b.period)
left join (
    -- the edition of a figure that was added is known of the newest run only
    select table_id, period, release_stage
    from staging.release_stage
    where core.moment(later) >= (select max(started_at) from raw.refresh_run)
) as today
    on today.table_id = b.table_id and today.period = b.period
where a.indicator_id is null
    or b.indicator_id is null
    or a.value is distinct from b.value
    or a.quality is distinct from b.quality
    or a.status is distinct from b.status
    or a.missing_reason is distinct from b.missing_reason;

comment on macro table mart.changes_between is
    'what differs between two moments, of days at their end: changes_between(''2026-06-15'', ''2026-07-01'')';
