-- one row: a municipality code that a code list of the publisher adds into one of its own
-- key: codelist, code, source_code
select distinct codelist, code, source_code
from raw.codelist_value
