-- one row: the class of a municipality in a classification, in one unbroken interval
-- key: municipality_code, classification, valid_from
-- municipality_code: the code it had in that interval, four digits as text
-- classification: county (Klass 104), economic_region (108), kostra_group (112), centrality (128)
-- class_code: code of the class, as its source writes it
-- class_name: name of the class, where its source gives one
-- valid_from: first day known with this class: the first day asked for, if it had it before
-- valid_to: first day it no longer holds; NULL while no end is known
-- table_id: the source; a file counts only where Klass itself was not asked
with given as (
    select classification.*, reply.table_id, source.kind = 'file' as is_file
    from raw.classification as classification
    inner join raw.reply as reply using (reply_id)
    inner join raw.source_table as source using (table_id)
    qualify is_file = bool_and(is_file) over (partition by scheme)
),

begun as (
    -- Klass is asked year by year, so that a class that goes on comes in pieces
    select
        *,
        lag(class_code) over spell is distinct from class_code
        or lag(coalesce(valid_to, date 'infinity')) over spell < valid_from as is_new
    from given
    window spell as (partition by scheme, municipality_code order by valid_from)
),

numbered as (
    select
        *,
        count_if(is_new) over (partition by scheme, municipality_code order by valid_from) as stay
    from begun
)

select
    municipality_code,
    scheme as classification,
    class_code,
    arg_max(class_name, valid_from) as class_name,
    min(valid_from) as valid_from,
    if(bool_or(valid_to is null), null, max(valid_to)) as valid_to,
    any_value(table_id) as table_id
from numbered
group by municipality_code, scheme, class_code, stay
order by municipality_code, classification, valid_from
