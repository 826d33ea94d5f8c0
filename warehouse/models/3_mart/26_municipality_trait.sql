-- one row: a trait of a municipality of today, known or not
-- key: trait_id, municipality_code
-- trait_id: the trait, see mart.trait
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- value: the trait as a word; NULL where it is not known, which does not mean that there is none
-- valid_on: the day or year it was seen, as precise as known
-- evidence: what it rests on; in the source's own words
-- missing_reason: why it is not known
-- reported_codes: the codes it stands under in the source
-- table_id: the source, see mart.source_table
with given as (
    select
        value.*,
        reply.table_id,
        division_year.division
    from raw.trait_value as value
    inner join raw.reply as reply using (reply_id)
    inner join core.division_year as division_year on division_year.year = try_cast(reply.division as integer)
),

today as (
    select max(division) as division from core.division_year
),

source as (
    select trait.trait_id, reply.table_id, any_value(division_year.division) as division
    from raw.trait as trait
    inner join raw.reply as reply using (table_id)
    inner join core.division_year as division_year on division_year.year = try_cast(reply.division as integer)
    group by trait.trait_id, reply.table_id
),

-- the municipalities of the source's year that a municipality of today has ground of
part as (
    select
        source.trait_id,
        source.table_id,
        crosswalk.to_code as municipality_code,
        crosswalk.from_code as reported_code,
        given.value,
        given.evidence,
        given.valid_on
    from source
    cross join today
    inner join core.crosswalk as crosswalk
        on crosswalk.from_date = source.division and crosswalk.to_date = today.division
    left join given
        on given.trait_id = source.trait_id
        and given.table_id = source.table_id
        and given.municipality_code = crosswalk.from_code
),

gathered as (
    select
        trait_id,
        table_id,
        municipality_code,
        count(*) as parts,
        count(value) as known,
        list_sort(list(distinct value)) as said,
        string_agg(distinct evidence, ' | ' order by evidence) as evidence,
        max(valid_on) as valid_on,
        list_sort(list(reported_code) filter (value is not null)) as reported_codes
    from part
    group by trait_id, table_id, municipality_code
)

select
    gathered.trait_id,
    gathered.municipality_code,
    municipality.municipality_name,
    if(gathered.known = gathered.parts and len(gathered.said) = 1, gathered.said[1], null) as value,
    gathered.valid_on,
    gathered.evidence,
    case
        when gathered.known = 0 then 'the source does not say: not known, which is not none'
        when gathered.known < gathered.parts
            then 'not known of every municipality it has ground of'
        when len(gathered.said) > 1
            then 'the municipalities it has ground of differ: ' || array_to_string(gathered.said, ', ')
    end as missing_reason,
    coalesce(gathered.reported_codes, []) as reported_codes,
    gathered.table_id
from gathered
inner join core.municipality as municipality using (municipality_code)
order by gathered.trait_id, gathered.municipality_code
