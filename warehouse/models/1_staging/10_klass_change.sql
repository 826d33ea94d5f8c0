-- one row: a change of code or name that Klass 131 lists and that has taken effect, or that a
--     person has stated where Klass lists none
-- changed_on: first day of the new state, at latest the day whose municipalities are known: one
--     that is announced changes nothing yet
with code as (
    select code, any_value(name) as name from raw.klass_code group by code
),

stated as (
    -- under the names that Klass has
    select
        change.changed_on,
        change.old_code,
        coalesce(
            arg_max(named.new_name, named.changed_on), any_value(code_before.name), change.old_code
        ) as old_name,
        change.new_code,
        coalesce(any_value(code.name), change.new_code) as new_name
    from raw.stated_change as change
    left join raw.klass_change as named
        on named.new_code = change.old_code and named.changed_on < change.changed_on
    left join code as code_before on code_before.code = change.old_code
    left join code on code.code = change.new_code
    group by change.changed_on, change.old_code, change.new_code
)

select distinct changed_on, old_code, old_name, new_code, new_name
from (
    select changed_on, old_code, old_name, new_code, new_name from raw.klass_change
    union all
    from stated
)
where changed_on <= (select max(valid_on) from raw.klass_code)
