-- one row: one of the names inside an official name: `Snåase - Snåsa` gives Snåase and Snåsa;
--     a name in one language gives itself
-- key: code, valid_from, name_part
-- code: four-digit municipality code
-- valid_from: first day of the version (core.municipality_version) the name is from
-- name_part: Norwegian, Sami or Kven form, as written
with municipality_version as (
    select * from core.municipality_version
)

select distinct code, valid_from, trim(unnest(string_split(name, ' - '))) as name_part
from municipality_version
order by all
