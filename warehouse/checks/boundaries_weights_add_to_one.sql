-- protects: the shares of a municipality in another division add to 1, or none of them is known
-- severity: block
select
    from_code, from_date, to_date, sum(weight) as weights, count(*) as targets,
    count(weight) as known
from core.crosswalk
group by from_code, from_date, to_date
having count(weight) not in (0, count(*)) or abs(sum(weight) - 1) > 1e-9
order by all
