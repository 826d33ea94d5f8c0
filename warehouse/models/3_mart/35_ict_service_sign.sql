-- one row: a municipality whose e-mail is received by the same servers as that of others: a sign of a
--     common ICT service, which is no membership
-- key: host, municipality_code
-- host: the servers, without the number in front of their name
-- grade: cooperation_host (a name of a cooperation's own), shared_tenant (one customer of a provider
--     receives for all of them) or shared_provider (the provider's servers for all its customers,
--     which is hardly a sign)
-- municipality_code: municipality of today, four digits as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- municipalities: number of municipalities that share the servers
-- cooperation_ids: ICT cooperations of the register that it is in together with another of them, those
--     known to have ended left out
-- valid_on: the day it was seen
-- table_id: the source, see mart.source_table
with record as (
    select
        municipality_code,
        municipality_name,
        valid_on,
        table_id,
        lower(rtrim(string_split(trim(unnest(string_split(value, ';'))), ' ')[-1], '.')) as server
    from mart.municipality_trait
    where trait_id = 'email_mx' and value is not null
),

received as (
    select distinct
        municipality_code,
        municipality_name,
        valid_on,
        table_id,
        -- mail1.hedmark-ikt.no, mxa-009d3c02.gslb.pphosted.com, alt2.aspmx.l.google.com
        case
            when regexp_matches(server, '(^|\.)(mailanyone|mx25)\.net$') then 'mailanyone.net'
            else regexp_replace(server, '^(mail[0-9]*\.|mx[0-9]*\.|mx[0-9]*-|mx[ab]-|alt[0-9]\.)', '')
        end as host
    from record
),

shared as (
    select *, count(*) over (partition by host) as municipalities
    from received
    qualify municipalities > 1
),

together as (
    select distinct shared.host, shared.municipality_code, own.cooperation_id
    from shared
    inner join mart.cooperation_membership as own
        on own.municipality_code = shared.municipality_code and own.field = 'ict'
        and (own.valid_to is null or own.valid_to >= shared.valid_on[1:len(own.valid_to)])
    inner join shared as other
        on other.host = shared.host and other.municipality_code <> shared.municipality_code
    inner join mart.cooperation_membership as others
        on others.municipality_code = other.municipality_code
        and others.cooperation_id = own.cooperation_id
)

select
    shared.host,
    case
        when regexp_matches(shared.host, '(tmes\.trendmicro\.eu|gslb\.pphosted\.com|iphmx\.com)$')
            then 'shared_tenant'
        when regexp_matches(shared.host, '(mailanyone\.net|google\.com|ppe-hosted\.com|bedsys\.net)$')
            then 'shared_provider'
        when regexp_matches(shared.host, '(^|\.)hedmark-ikt\.no$') then 'cooperation_host'
    end as grade,
    shared.municipality_code,
    shared.municipality_name,
    shared.municipalities,
    coalesce(
        list_sort(list(together.cooperation_id) filter (together.cooperation_id is not null)), []
    ) as cooperation_ids,
    shared.valid_on,
    shared.table_id
from shared
left join together using (host, municipality_code)
group by all
order by shared.host, shared.municipality_code
