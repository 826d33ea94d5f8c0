-- as of: current
create or replace macro core.known_cube(name) as if(
    name is null or name in (select table_id from mart.cube),
    name,
    error(
        'No cube is called ''' || name || '''. There are: '
        || coalesce(
            (select string_agg(distinct table_id, ', ' order by table_id) from mart.cube),
            'none; digidistrikt add --table takes a table as one'
        )
    )
);

create or replace macro mart.cube_series(cube, division) as table
with asked as materialized (
    select core.known_cube(cube) as table_id, core.known_year(division) as on_year
),

cell as (
    select cube.*
    from mart.cube as cube
    cross join asked
    where asked.table_id is null or cube.table_id = asked.table_id
),

way as materialized (
    select division_year.year as code_year, crosswalk.*
    from core.crosswalk as crosswalk
    inner join core.division_year as division_year on division_year.division = crosswalk.from_date
    where crosswalk.to_date = (
        select target.division
        from core.division_year as target
        where target.year = (select on_year from asked)
    )
),

goal as (
    select to_code, sum(pieces) as goal_pieces
    from way
    where from_date = to_date and code_year = (
        select min(code_year) from way where from_date = to_date
    )
    group by to_code
),

carried as (
    select
        cell.table_id,
        way.to_code as municipality_code,
        cell.contents,
        cell.codes,
        cell.period,
        any_value(cell.contents_label) as contents_label,
        any_value(cell.labels) as labels,
        any_value(cell.year) as year,
        any_value(cell.unit) as unit,
        any_value(cell.aggregation) as aggregation,
        count(*) = 1 and any_value(way.relation) = 'one-to-one' as is_direct,
        any_value(cell.value) as own_value,
        -- in a fixed order, so that the last digit is the same in every build
        list_sum(list_sort(list(cell.value * way.weight))) as total,
        coalesce(
            sum(way.pieces) filter (cell.value * way.weight is not null)
            = any_value(goal.goal_pieces),
            false
        ) as is_covered,
        min(way.weight) < 1 as is_estimated,
        min(cell.status) filter (cell.value is null) as status,
        list_sort(list(cell.reported_code)) as reported_codes,
        list_sort(list_distinct(list(cell.reply_id))) as reply_ids
    from cell
    inner join way
        on way.code_year = cell.code_year and way.from_code = cell.reported_code
    inner join goal on goal.to_code = way.to_code
    group by cell.table_id, way.to_code, cell.contents, cell.codes, cell.period
)

select
    carried.table_id,
    municipality_code,
    named.municipality_name,
    contents,
    contents_label,
    codes,
    labels,
    period,
    year,
    case
        when is_direct then own_value
        when aggregation = 'sum' and is_covered then total
    end as value,
    unit,
    case
        when is_direct and own_value is null then 'missing'
        when is_direct and reported_codes[1] = municipality_code then 'reported'
        when is_direct then 'recoded'
        when aggregation <> 'sum' or not is_covered then 'not_comparable'
        when is_estimated then 'split_estimated'
        else 'summed'
    end as quality,
    status,
    reported_codes,
    reply_ids
from carried
left join core.municipality_on(division) as named using (municipality_code)
order by carried.table_id, contents, codes::varchar, municipality_code, period;

comment on macro table mart.cube_series is
'a table that is taken whole, on the division of any year since 1964, as in
from mart.cube_series(null, 2019), which gives every cube; ''ssb_12362_cube'' in place of null gives one.
Columns as in mart.cube, and quality as in mart.observation: figures that add up are summed over merged municipalities, all
others are kept only where a municipality is the same ground. A figure under a code that was not in
force in its year is left out; an indicator made of the combination (digidistrikt add --table) has it.';
