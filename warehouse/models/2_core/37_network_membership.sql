-- one row: a municipality of today in a network, as one source says
-- key: network_id, municipality_code, valid_from_text
with membership as (
    select *, coalesce(valid_from, '') as valid_from_text from raw.network_membership
),

today as (
    select max(division) as division from core.division_year
)

select
    membership.network_id,
    crosswalk.to_code as municipality_code,
    membership.municipality_code as reported_code,
    membership.code_year,
    membership.valid_from_text,
    membership.valid_from,
    membership.valid_to,
    membership.basis,
    basis.strength,
    membership.source_url,
    membership.source_date,
    membership.note
from membership
inner join raw.membership_basis as basis using (basis)
inner join core.division_year as division_year on division_year.year = membership.code_year
cross join today
inner join core.crosswalk as crosswalk
    on crosswalk.from_code = membership.municipality_code
    and crosswalk.from_date = division_year.division
    and crosswalk.to_date = today.division
    and crosswalk.weight = 1
