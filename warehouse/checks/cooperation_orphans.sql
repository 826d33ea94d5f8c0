-- finds: member/members of cooperations has/have a municipality code that was not in force in
--     its year
-- why: every member is carried to a municipality of today
-- severity: warn
select cooperation_id, member_name, municipality_code, code_year
from raw.cooperation_membership
where municipality_code is not null
except
select membership.cooperation_id, membership.member_name, crosswalk.from_code, division_year.year
from raw.cooperation_membership as membership
inner join core.division_year as division_year on division_year.year = membership.code_year
inner join core.crosswalk as crosswalk
    on crosswalk.from_date = division_year.division
    and crosswalk.to_date = division_year.division
    and crosswalk.from_code = membership.municipality_code
order by all
