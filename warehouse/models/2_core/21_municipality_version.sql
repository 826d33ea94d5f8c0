-- one row: a municipality code with the name it carried, in one unbroken interval
-- key: code, valid_from
-- code: four-digit municipality code, as text
-- name: official name, Sami and Kven forms kept ('Snåase - Snåsa'); a county in brackets, which
--     Klass adds and takes away again to tell homonyms apart, is not part of the name
-- label: what it is called in Norwegian: the name as Klass last gave it, county in brackets and all; of a
--     name in several languages the form that has stood as a name alone ('Snåsa'), or all where none has
-- valid_from: first day of this code with this name; 1838-01-01 where Klass tells of no beginning.
--     A name Klass shows today but gives no change for begins on the day it was first seen
-- valid_to: first day it no longer holds; NULL while it does
with klass_change as (
    select * from staging.klass_change
),

klass_code as (
    -- 9999 is «Uoppgitt», not a municipality
    select code, name, valid_on
    from staging.klass_code
    where code <> '9999'
    qualify valid_on = max(valid_on) over ()
),

appearance as (
    -- a row is read as: on this day the code was there already (old) or from now on (new)
    select old_code as code, changed_on, old_name as label, true as was_there from klass_change
    union all
    select new_code, changed_on, new_name, false from klass_change
),

first_appearance as (
    select code, arg_min(label, changed_on) filter (was_there) as label
    from appearance
    where code is not null
    group by code
    having min(changed_on) filter (was_there) = min(changed_on)
),

last_label as (
    select code, arg_max(label, changed_on) as label
    from appearance
    where not was_there and code is not null
    group by code
),

naming as (
    select code, changed_on as starts_on, trim(max(label)) as label
    from appearance
    where not was_there and code is not null
    group by code, changed_on
    union all
    select code, date '1838-01-01', trim(label) from first_appearance
    union all
    select code, date '1838-01-01', trim(name)
    from klass_code
    where code not in (select code from appearance where code is not null)
    union all
    select klass_code.code, klass_code.valid_on, trim(klass_code.name)
    from klass_code
    inner join last_label using (code)
    where trim(last_label.label) <> trim(klass_code.name)
),

ending as (
    select distinct gone.code, gone.changed_on as ends_on
    from appearance as gone
    anti join appearance as still
        on gone.code = still.code and gone.changed_on = still.changed_on and not still.was_there
    where gone.was_there and gone.code is not null
),

spell as (
    select
        naming.code,
        naming.label,
        regexp_replace(naming.label, '\s*\(.*\)$', '') as name,
        naming.starts_on,
        least(
            lead(naming.starts_on) over (partition by naming.code order by naming.starts_on),
            ending.ends_on
        ) as ends_on
    from naming
    asof left join ending
        on naming.code = ending.code and naming.starts_on < ending.ends_on
),

first_of_a_name as (
    -- a spell that only goes on with the name before it is not a new version
    select
        *,
        coalesce(
            lag(name) over by_code = name and lag(ends_on) over by_code = starts_on, false
        ) as goes_on
    from spell
    window by_code as (partition by code order by starts_on)
),

numbered as (
    select
        *,
        count(*) filter (not goes_on) over (partition by code order by starts_on) as version
    from first_of_a_name
),

version as (
    select
        code,
        name,
        arg_max(label, starts_on) as label,
        min(starts_on) as valid_from,
        arg_max({ends_on: ends_on}, starts_on).ends_on as valid_to
    from numbered
    group by code, version, name
),

alone as (
    select list(distinct name) as names from spell where not contains(name, ' - ')
)

select
    code,
    name,
    coalesce(
        list_filter(string_split(label, ' - '), lambda form: list_contains(alone.names, form))[1],
        label
    ) as label,
    valid_from,
    valid_to
from version
cross join alone
order by code, valid_from
