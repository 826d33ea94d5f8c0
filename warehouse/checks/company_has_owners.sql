-- finds: register/registers has/have owners for fewer than half the companies
-- why: companies and owners come in two replies that must belong together
-- severity: block
-- concerns: sources
select
    count(*) as companies,
    count(*) filter (owners > 0) as with_owners,
    (
        select list(distinct reply.table_id)
        from raw.company inner join raw.reply as reply using (reply_id)
    ) as table_ids
from mart.intermunicipal_company
having companies > 0 and with_owners < companies / 2
order by all
