-- one row: a municipality of today in a network since one date, on the word of one source or more
-- key: network_id, municipality_code, valid_from_text
with membership as (
    select *, coalesce(valid_from, '') as valid_from_text from raw.network_membership
),

today as (
    select max(division) as division from core.division_year
),

carried as (
    -- a membership goes over to whoever has the member's ground today; a part of a divided member
    -- has a weight below 1, or none where nobody has published the people of the parts
    select
        membership.*,
        crosswalk.to_code,
        basis.strength,
        basis.rank,
        coalesce(crosswalk.weight < 1, true) as is_part
    from membership
    inner join raw.membership_basis as basis using (basis)
    inner join core.division_year as division_year on division_year.year = membership.code_year
    cross join today
    inner join core.crosswalk as crosswalk
        on crosswalk.from_code = membership.municipality_code
        and crosswalk.from_date = division_year.division
        and crosswalk.to_date = today.division
),

-- members of one network that have merged are one member, on all that supported them: what is best
-- supported stands first
gathered as (
    select
        network_id,
        to_code as municipality_code,
        valid_from_text,
        any_value(valid_from) as valid_from,
        -- an end that is not known is no end
        if(count(valid_to) = count(*), max(valid_to), null) as valid_to,
        list({
            'reported_code': municipality_code,
            'code_year': code_year,
            'basis': basis,
            'strength': strength,
            'source_url': source_url,
            'source_date': source_date,
            'note': note,
            'is_part': is_part
        } order by is_part, rank, source_date desc nulls last, municipality_code, source_url)
            as evidence
    from carried
    group by network_id, to_code, valid_from_text
)

select
    network_id,
    municipality_code,
    array_to_string(core.each_once([each.reported_code for each in evidence]), ' ; ') as reported_code,
    evidence[1].code_year as code_year,
    valid_from_text,
    valid_from,
    valid_to,
    evidence[1].basis as basis,
    evidence[1].strength as strength,
    core.each_once([each.basis for each in evidence]) as bases,
    array_to_string(core.each_once([each.source_url for each in evidence]), ' ; ') as source_url,
    evidence[1].source_date as source_date,
    nullif(array_to_string(core.each_once([each.note for each in evidence]), ' ; '), '') as note,
    -- true where every member it comes from was divided
    evidence[1].is_part as is_part_of_member
from gathered
