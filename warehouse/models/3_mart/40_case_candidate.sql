-- one row: a municipality of today as a candidate for a case study: classes, networks, the latest
--     figure of each indicator (but those with `wide: false`), and each trait that is no indicator
-- key: municipality_code
-- as of: recomputed
-- municipality_code: four-digit municipality code, as text
-- municipality_name: its name in Norwegian; mart.municipality has the official one
-- county_name: the county's name in Norwegian
-- centrality_class: 1 (most central) to 6 (least central), Klass 128; as it is today
-- kostra_group: code of the KOSTRA group, Klass 112; as it is today
-- is_district: district municipality by the ministry's definition: centrality class 4, 5 or 6
-- is_district_5_6: by the narrower definition: centrality class 5 or 6
-- in_action_zone: in the action zone of Finnmark and Nord-Troms
-- district_definitions: the definitions by which it is a district municipality, see
--     mart.district_definition
-- networks: networks it is in today on any evidence; those known to have ended left out
-- networks_strong: those of them known on strong evidence
-- network_evidence: for each of them the kinds of evidence
-- cooperations: ICT cooperations it is in, those known to have ended left out
-- ict_companies: inter-municipal ICT companies it owns a part of, see mart.company_owner; NULL where
--     Enhetsregisteret was not asked
-- position_groups: networks and co-operations it is in, see mart.municipality_position (net all)
--     for this and the next three; NULL where none is known, which does
--     not mean that there is none
-- position_degree: other municipalities it meets in them
-- position_betweenness: share of the shortest ways between all others that go through it, 0 to 1
-- position_bridges: pairs of its groups that have no other member in common
-- latest_period: for each indicator the period its figure here is of; a projection stands with the
--     year it begins from, not with the year it ends in
-- warnings: for each column that has any, what to know before using it: the vocabulary of
--     mart.observation, and weak_membership_basis for networks
with vintage as (
    select max(as_of)::varchar as day from raw.reply
),

membership as (
    select distinct membership.municipality_code, membership.network_id, membership.basis,
        membership.strength
    from mart.network_membership as membership
    cross join vintage
    where membership.valid_to is null or membership.valid_to >= vintage.day[1:len(membership.valid_to)]
),

network as (
    select
        municipality_code,
        list(distinct network_id order by network_id) as networks,
        list(distinct network_id order by network_id) filter (strength = 'strong')
            as networks_strong,
        list(network_id || ': ' || basis order by network_id, basis) as network_evidence,
        len(networks) > len(coalesce(networks_strong, [])) as has_weak
    from membership
    group by municipality_code
),

cooperation as (
    select municipality_code, list(distinct cooperation_id order by cooperation_id) as cooperations
    from mart.cooperation_membership
    cross join vintage
    where field = 'ict' and (valid_to is null or valid_to >= vintage.day[1:len(valid_to)])
    group by municipality_code
),

ict_company as (
    select
        owner.municipality_code,
        list(distinct company_number order by company_number) as ict_companies
    from mart.company_owner as owner
    inner join mart.intermunicipal_company as company using (company_number)
    where company.is_ict and owner.municipality_code is not null
    group by owner.municipality_code
),

latest as (
    select
        observation.municipality_code,
        observation.indicator_id,
        observation.period,
        observation.value,
        observation.warnings
    from mart.observation as observation
    semi join (from raw.indicator where wide) as asked using (indicator_id)
    cross join vintage
    -- a projection is not a state of things: the figure for the year it starts from stands for it
    where observation.value is not null and observation.period_start <= vintage.day::date
    qualify row_number() over (
        partition by observation.municipality_code, observation.indicator_id
        order by observation.period desc
    ) = 1
),

period as (
    select
        municipality_code,
        map_from_entries(list((indicator_id, period) order by indicator_id)) as latest_period
    from latest
    group by municipality_code
),

warned as (
    select municipality_code, indicator_id as column_name, warnings from latest where warnings <> []
    union all
    select municipality_code, 'networks', ['weak_membership_basis'] from network where has_weak
),

warning as (
    select
        municipality_code,
        map_from_entries(list((column_name, warnings) order by column_name)) as warnings
    from warned
    group by municipality_code
),

wide as (
    from (
        pivot (select municipality_code, indicator_id, value from latest)
        on indicator_id using any_value(value) group by municipality_code
    )
),

word as (
    select municipality_trait.municipality_code, municipality_trait.trait_id, municipality_trait.value
    from mart.municipality_trait
    inner join raw.trait as trait using (trait_id)
    where trait.indicator_id is null
),

trait as (
    from (pivot word on trait_id using any_value(value) group by municipality_code)
)

select
    municipality.municipality_code,
    municipality.municipality_name,
    municipality.county_name,
    municipality.centrality_class,
    municipality.kostra_group,
    municipality.is_district,
    municipality.is_district_5_6,
    municipality.in_action_zone,
    municipality.district_definitions,
    coalesce(network.networks, []) as networks,
    coalesce(network.networks_strong, []) as networks_strong,
    coalesce(network.network_evidence, []) as network_evidence,
    coalesce(cooperation.cooperations, []) as cooperations,
    if(
        exists (select 1 from mart.source_table where kind = 'brreg' and is_asked),
        coalesce(ict_company.ict_companies, []),
        null
    ) as ict_companies,
    position.groups as position_groups,
    position.degree as position_degree,
    position.betweenness as position_betweenness,
    position.bridges as position_bridges,
    period.latest_period,
    coalesce(warning.warnings, map {}) as warnings,
    trait.* exclude (municipality_code),
    wide.* exclude (municipality_code)
from mart.municipality as municipality
left join network using (municipality_code)
left join cooperation using (municipality_code)
left join ict_company using (municipality_code)
left join mart.municipality_position as position
    on position.municipality_code = municipality.municipality_code
    and position.net = 'all'
left join period using (municipality_code)
left join warning using (municipality_code)
left join trait using (municipality_code)
left join wide using (municipality_code)
order by municipality.municipality_code
