-- one row: a municipality with its organisation number: the register's own word where it was asked
-- key: municipality_code
select
    organisation.municipality_code,
    organisation.organisation_number,
    organisation.name,
    source.table_id
from raw.organisation as organisation
inner join raw.reply as reply using (reply_id)
inner join raw.source_table as source using (table_id)
qualify row_number() over (
    partition by organisation.municipality_code
    order by source.kind = 'brreg' desc, organisation.organisation_number
) = 1
