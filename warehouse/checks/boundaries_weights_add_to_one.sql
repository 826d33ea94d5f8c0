-- finds: municipality/municipalities has/have weights that do not add to 1 or are known only in
--     part
-- why: a carried figure is neither larger nor smaller than the one published
-- severity: block
-- concerns: everything
select
    from_code, from_date, to_date, sum(weight) as weights, count(*) as targets,
    count(weight) as known
from core.crosswalk
group by from_code, from_date, to_date
having count(weight) not in (0, count(*)) or abs(sum(weight) - 1) > 1e-9
order by all
