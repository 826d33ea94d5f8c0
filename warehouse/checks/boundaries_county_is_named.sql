-- protects: every municipality in any division since 1964 lies in a county with a name
-- severity: block
select distinct division_piece.code
from core.division_piece as division_piece
anti join core.county_name as county_name
    on county_name.county_code = left(division_piece.code, 2)
order by all
