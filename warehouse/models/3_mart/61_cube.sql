-- one row: a cell of a StatBank table that is taken whole, under the municipality code it was
--     published with. mart.cube_series carries a cube to the division of any year
-- key: table_id, reported_code, contents, codes, period
-- as of: kept
-- table_id: the source table, see mart.source_table
-- reported_code: the publisher's code, of the division of code_year
-- code_year: the year in whose division the code is to be read
-- contents: the publisher's code of what is measured
-- contents_label: what is measured, in the publisher's words
-- codes: the code of each other dimension, as codes['KOKfunksjon0000']
-- labels: its label, as labels['KOKfunksjon0000']
-- period: the publisher's own code for the period
-- year: the year of the period
-- value: the figure; NULL if missing
-- status: the publisher's own symbol, where it gives one
-- unit: unit of the value, in the publisher's words
-- aggregation: sum where figures add up over merged municipalities, else none
-- reply_id: the reply it was taken from, see mart.reply
with cell as (
    select
        reply.table_id,
        regexp_extract(cell.reported_code, '^(?:K[-_.])?(\d{4})$', 1) as reported_code,
        reply.division,
        cell.* exclude (reported_code)
    from raw.cube_cell as cell
    inner join raw.reply as reply using (reply_id)
)

select
    cell.table_id,
    cell.reported_code,
    if(
        cell.division = 'current',
        (select max(year(valid_on)) from staging.klass_code),
        try_cast(cell.period[1:4] as integer)
    ) as code_year,
    combination.contents,
    combination.contents_label,
    combination.codes,
    combination.labels,
    cell.period,
    try_cast(cell.period[1:4] as integer) as year,
    cell.value,
    cell.status,
    combination.unit,
    combination.aggregation,
    cell.reply_id
from cell
inner join raw.cube_combination as combination using (reply_id, combination)
-- a code that has never been a municipality's is of something else
semi join core.municipality_version as version on version.code = cell.reported_code
order by cell.table_id, combination.contents, combination.codes::varchar, cell.reported_code,
    cell.period
