-- one row: a member of an inter-municipal cooperation, as the source names it
-- key: cooperation_id, member_name, valid_from_text
-- cooperation_id: our name for the cooperation
-- cooperation_name: the name it goes by
-- field: what it is about: ict or child_welfare
-- legal_form: iks (inter-municipal company), oppgavefellesskap, vertskommunesamarbeid (host
--     municipality), section_27 (of the act of 1992), unspecified_cooperation or unknown
-- municipality_code: municipality of today; NULL for another kind of member, or one since divided
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- member_name: the member as published
-- member_form: KOMM for a municipality, FYLK for a county, else as published
-- reported_code: the code the source means
-- code_year: the year in whose division that code is
-- owner_share_pct: share of an inter-municipal company, percent
-- valid_from: when it began, as precisely as published; NULL where not found
-- valid_to: last day, month or year; NULL where not found, which does not mean it goes on
-- valid_from_text: valid_from, empty where not found; part of the key
-- source_url: the page that says so
-- source_date: the date of that page
-- note: what else to know
with today as (
    select max(division) as division from core.division_year
),

carried as (
    select year, crosswalk.from_code, crosswalk.to_code
    from core.division_year as division_year
    cross join today
    inner join core.crosswalk as crosswalk
        on crosswalk.from_date = division_year.division
        and crosswalk.to_date = today.division
        and crosswalk.weight = 1
)

select
    membership.cooperation_id,
    cooperation.name as cooperation_name,
    cooperation.field,
    cooperation.legal_form,
    carried.to_code as municipality_code,
    municipality.municipality_name,
    membership.member_name,
    membership.member_form,
    membership.municipality_code as reported_code,
    membership.code_year,
    membership.owner_share_pct,
    membership.valid_from,
    membership.valid_to,
    coalesce(membership.valid_from, '') as valid_from_text,
    membership.source_url,
    membership.source_date,
    membership.note
from raw.cooperation_membership as membership
inner join raw.cooperation as cooperation using (cooperation_id)
left join carried
    on carried.year = membership.code_year and carried.from_code = membership.municipality_code
left join core.municipality as municipality on municipality.municipality_code = carried.to_code
order by all
