create or replace macro mart.peers(code, n) as table
with this as materialized (
    select municipality_code, kostra_group, population
    from mart.case_candidate
    where municipality_code = if(
        code in (select municipality_code from mart.municipality),
        code,
        error(code || ' is not the code of a municipality today; mart.municipality has them all.')
    )
)

select
    row_number() over (
        order by abs(ln(other.population / this.population)), other.municipality_code
    ) as position,
    other.municipality_code,
    other.municipality_name,
    other.county_name,
    other.kostra_group,
    other.centrality_class,
    other.population,
    other.population / this.population as population_ratio
from this
inner join mart.case_candidate as other
    on other.kostra_group = this.kostra_group
    and other.municipality_code != this.municipality_code
qualify position <= n
order by position;

comment on macro table mart.peers is
'a municipality to hold another against, as in from mart.peers(''1812'', 5): of the same KOSTRA group
(Statistics Norway''s, by size, bound costs and free income), nearest in population first. population
is of the newest year, population_ratio how many times that of the one asked for. Nothing for a
municipality that is in no group. A first look, not a choice of cases: for that, write a selection.';
