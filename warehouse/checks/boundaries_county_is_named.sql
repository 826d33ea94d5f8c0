-- finds: municipality/municipalities lies/lie in a county without a name
-- why: every municipality since 1964 has a county name
-- severity: block
select distinct division_piece.code
from core.division_piece as division_piece
anti join core.county_name as county_name
    on county_name.county_code = left(division_piece.code, 2)
order by all
