-- one row: a piece of ground and the municipality it lay in, in one division. A piece is never
--     divided by any change since 1964, so two municipalities of any two years have ground in
--     common exactly when they share pieces
-- key: division, piece
-- division: core.division.valid_from
-- piece: number of the piece, the same in every division
-- code: the municipality it lay in
with recursive change_event_part as (
    select * from core.change_event_part where kind in ('merger', 'split', 'recode')
),

division as (
    select * from core.division
),

municipality_version as (
    select * from core.municipality_version
),

in_force as (
    select division.sequence, division.valid_from as division, version.code
    from division
    inner join municipality_version as version
        on version.valid_from <= division.valid_from
        and coalesce(version.valid_to > division.valid_from, true)
),

change as (
    select distinct changed_on, old_code, new_code from change_event_part
),

step as (
    -- from each municipality to where its ground went at the next change of the map
    select
        before.sequence,
        before.code as old_code,
        coalesce(change.new_code, before.code) as new_code
    from in_force as before
    inner join division as next on next.sequence = before.sequence + 1
    left join change on change.changed_on = next.valid_from and change.old_code = before.code
),

path as (
    select 1::bigint as sequence, [code] as codes from in_force where sequence = 1
    union all
    select path.sequence + 1, list_append(path.codes, step.new_code)
    from path
    inner join step on step.sequence = path.sequence and step.old_code = path.codes[-1]
),

whole_path as (
    select row_number() over (order by codes) as piece, codes
    from path
    where sequence = (select max(sequence) from division)
),

place as (
    select
        whole_path.piece,
        division.sequence,
        division.valid_from as division,
        whole_path.codes[division.sequence] as code
    from whole_path
    cross join division
),

name_then as (
    -- every name a municipality carried while the division lasted
    select distinct division.sequence, version.code, version.name
    from division
    inner join municipality_version as version
        on version.valid_from < coalesce(division.valid_to, 'infinity')
        and coalesce(version.valid_to > division.valid_from, true)
),

leaves_under_a_name as (
    -- a part of a divided municipality that takes a name its parent did not have
    select distinct part.old_code, part.new_code, division.sequence, part.new_name as name
    from change_event_part as part
    inner join division on division.valid_from = part.changed_on
    where part.kind = 'split' and part.old_name <> part.new_name
),

bore_the_name as (
    select distinct leaver.old_code, leaver.new_code, leaver.sequence, place.piece
    from leaves_under_a_name as leaver
    inner join name_then using (name)
    inner join place on place.sequence = name_then.sequence and place.code = name_then.code
    where name_then.sequence < leaver.sequence
),

comes_back as (
    -- the leaver is an old municipality come back: ground in the parent once bore its name
    select distinct bore.old_code, bore.new_code, bore.sequence
    from bore_the_name as bore
    inner join place
        on place.sequence = bore.sequence - 1
        and place.piece = bore.piece
        and place.code = bore.old_code
),

impossible as (
    -- what comes back takes its old ground and nothing else: other paths are no piece of ground
    select place.piece
    from comes_back
    inner join place as parent
        on parent.sequence = comes_back.sequence - 1 and parent.code = comes_back.old_code
    inner join place
        on place.sequence = comes_back.sequence and place.piece = parent.piece
    left join bore_the_name as bore
        on bore.piece = place.piece
        and bore.sequence = comes_back.sequence
        and bore.old_code = comes_back.old_code
        and bore.new_code = comes_back.new_code
    where (place.code = comes_back.new_code) <> (bore.piece is not null)
)

select division, piece, code
from place
anti join impossible using (piece)
order by division, piece
