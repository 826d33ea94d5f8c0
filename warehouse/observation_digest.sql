-- Rows of each indicator of mart.observation and the sums of their hashes: all, or of those in the
-- variable `indicators` alone.
delete from raw.observation_digest where is_wanted(indicator_id);

insert into raw.observation_digest by name
select
    indicator_id,
    count(*) as rows,
    -- what md5_number_lower and md5_number_upper give, of one MD5
    sum((hashed >> 64)::ubigint) as lower_sum,
    sum((hashed & 18446744073709551615::uhugeint)::ubigint) as upper_sum
from (
    select indicator_id, md5_number(line::varchar) as hashed
    from mart.observation as line
    where is_wanted(indicator_id)
)
group by indicator_id;
