-- one row: one line of an event: what went from an old code to a new code. A municipality that
--     was divided among others stands in its split and in the mergers its parts went into
-- key: event_id, old_code, new_code
-- event_id: day, kind and the code that names the event, as in `2020-01-01 split 1850`
-- kind: rename (a new name, nothing else), recode (a new code; the name may change too), merger
--     (one row a municipality, or part of one, that went into it), split (one row a part),
--     transfer (an area moved between two that both live on)
-- changed_on: the day the event took effect
-- share: whole, or part where the old municipality went to several
with municipality_version as (
    select * from core.municipality_version
),

listed as (
    select distinct
        changed_on,
        old_code,
        new_code,
        regexp_replace(trim(old_name), '\s*\(.*\)$', '') as old_name,
        regexp_replace(trim(new_name), '\s*\(.*\)$', '') as new_name
    from staging.klass_change
    where old_code is not null and new_code is not null
),

code_given_away as (
    -- Klass follows a code. Where its municipality goes on under its name and a new code, and the
    -- code is given to one that comes from somebody else, no ground follows the code: Masfjorden
    -- laid down 1265 in 1948, and Fedje, which left Austrheim, was given it
    select listed.*
    from listed
    inner join listed as goes_on
        on goes_on.changed_on = listed.changed_on
        and goes_on.old_code = listed.old_code
        and goes_on.new_code <> listed.old_code
        and goes_on.new_name = listed.old_name
    inner join listed as comes_from
        on comes_from.changed_on = listed.changed_on
        and comes_from.new_code = listed.new_code
        and comes_from.old_code <> listed.old_code
    where listed.new_code = listed.old_code and listed.new_name <> listed.old_name
),

change_row as (
    select * from listed anti join code_given_away using (changed_on, old_code, new_code)
),

heir as (
    -- the one that carries an old municipality on: its own code, else its name, else its only heir
    select
        *,
        case
            when bool_or(old_code = new_code) over by_old then old_code = new_code
            when bool_or(old_name = new_name) over by_old then old_name = new_name
            else count(*) over by_old = 1
        end as is_heir
    from change_row
    window by_old as (partition by changed_on, old_code)
),

lives_on as (
    select changed_on, old_code, bool_or(is_heir) as has_heir
    from heir
    group by changed_on, old_code
),

carried_on as (
    -- new municipalities that carry on somebody, by a row that says so or by being there already
    select changed_on, new_code, old_code as carries from heir where is_heir
    union
    select heir.changed_on, heir.new_code, heir.new_code
    from heir
    inner join municipality_version
        on heir.new_code = municipality_version.code
        and municipality_version.valid_from < heir.changed_on
        and coalesce(municipality_version.valid_to > heir.changed_on, true)
),

classed as (
    -- land that moved from one that lives on to another that lives on
    select
        heir.*,
        not heir.is_heir
        and lives_on.has_heir
        and exists (
            from carried_on
            where carried_on.changed_on = heir.changed_on
                and carried_on.new_code = heir.new_code
                and carried_on.carries <> heir.old_code
        ) as is_transfer
    from heir
    inner join lives_on using (changed_on, old_code)
),

counted as (
    select
        *,
        count(*) filter (not is_transfer) over (partition by changed_on, old_code) as went_to,
        count(*) filter (not is_transfer) over (partition by changed_on, new_code) as came_from
    from classed
),

kind_of_row as (
    select *, 'transfer' as kind, old_code || ' ' || new_code as named_by
    from counted
    where is_transfer
    union all
    select *, 'split', old_code from counted where not is_transfer and went_to > 1
    union all
    select *, 'merger', new_code from counted where not is_transfer and came_from > 1
    union all
    select *, if(old_code = new_code, 'rename', 'recode'), old_code
    from counted
    where not is_transfer and went_to = 1 and came_from = 1
        -- a row that says a code goes on unchanged is no event
        and (old_code <> new_code or old_name <> new_name)
)

select
    strftime(changed_on, '%Y-%m-%d') || ' ' || kind || ' ' || named_by as event_id,
    kind,
    changed_on,
    old_code,
    max(old_name) as old_name,
    new_code,
    max(new_name) as new_name,
    if(bool_or(is_transfer) or max(went_to) > 1, 'part', 'whole') as share
from kind_of_row
group by kind, changed_on, named_by, old_code, new_code
order by all
