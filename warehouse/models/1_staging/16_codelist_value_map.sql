-- one row: a municipality code that a code list of the publisher adds into one of its own
select distinct codelist, code, source_code
from raw.codelist_value
