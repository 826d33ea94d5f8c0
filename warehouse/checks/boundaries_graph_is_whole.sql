-- finds: municipality/municipalities does/do not fit the graph of changes in a division
-- why: a change that lacks an end would lose or invent ground
-- severity: block
-- concerns: everything
-- remedy: If you know what became of it, state it: digidistrikt contracts accept klass_131 --change
--     OLD=NEW --why "how you know"
with in_force as (
    select division.valid_from as division, version.code
    from core.division as division
    inner join core.municipality_version as version
        on version.valid_from <= division.valid_from
        and coalesce(version.valid_to > division.valid_from, true)
),

with_ground as (
    select distinct division, code from core.division_piece
)

(select division, code, 'in force without ground' as fault from in_force anti join with_ground using (division, code))
union all
(select division, code, 'ground without being in force' from with_ground anti join in_force using (division, code))
order by all
