-- one row: a part of a divided municipality whose people somebody has published; it goes before what
--     can be estimated. The last years of the municipality, as its source says
-- key: changed_on, old_code, new_code
-- changed_on: the day of the division
-- old_code: the municipality that was divided
-- new_code: the municipality that the part went into
-- population: people in the part
-- source: where it is published
select *
from (
    values
        (date '1992-01-01', '0114', '0105', 2170, 'Statistics Norway, Rapporter 99/13, p. 11'),
        (date '1992-01-01', '0114', '0128', 12, 'Statistics Norway, Rapporter 99/13, p. 11')
) as part (changed_on, old_code, new_code, population, source)
