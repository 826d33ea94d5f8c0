-- one row: a municipality code in force on the day Klass was asked for
-- key: code, valid_on
select code, name, valid_on
from raw.klass_code
