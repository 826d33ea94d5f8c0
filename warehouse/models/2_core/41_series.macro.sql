-- as of: current
-- What mart.series and mart.observation give: indicators, or with NULL every one, on the division
-- of a year, ratios made again of their parts, with everything that must be known of each figure.
-- For mart.aggregate the same of groups, whose codes and names stand in place of a municipality's.

-- The indicator asked for, or an error with the nearest
create or replace macro core.known_indicator(name) as if(
    name is null or name in (select indicator_id from raw.indicator),
    name,
    error(
        'No indicator is called ''' || name || '''; the nearest is '
        || (
            select indicator_id
            from raw.indicator
            order by jaro_winkler_similarity(indicator_id, name) desc
            limit 1
        )
        || '. mart.indicator has them all.'
    )
);

-- A client may give a year as text or as a double: R and Excel do.
create or replace macro core.known_year(name) as if(
    try_cast(name as double) in (select year from core.division_year),
    try_cast(name as double)::integer,
    error(
        'No municipal division is known for ' || name || ': the first year is '
        || (select min(year) from core.division_year) || ', the last '
        || (select max(year) from core.division_year) || '.'
    )
);

create or replace macro core.period_start(period) as case
    when regexp_matches(period, '^\d{4}-\d{2}-\d{2}$') then period::date
    when regexp_matches(period, '^\d{4}[KQ]\d$')
        then make_date(period[1:4]::integer, 3 * period[6:6]::integer - 2, 1)
    when regexp_matches(period, '^\d{4}H\d$')
        then make_date(period[1:4]::integer, 6 * period[6:6]::integer - 5, 1)
    when regexp_matches(period, '^\d{4}U\d{2}$')
        then strptime(period[1:4] || ' ' || period[6:7] || ' 1', '%G %V %u')::date
    -- a school year begins on 1 August
    when regexp_matches(period, '^\d{4}-\d{4}$') then make_date(period[1:4]::integer, 8, 1)
    when regexp_matches(period, '^\d{4}M\d{2}$')
        then make_date(period[1:4]::integer, period[6:7]::integer, 1)
    else make_date(period[1:4]::integer, 1, 1)
end;

-- Municipalities by their name on 1 January of the year, from this year on by the one they have now
create or replace macro core.municipality_on(on_year) as table
select version.code as municipality_code, version.label as municipality_name
from core.municipality_version as version
cross join (select max(valid_on) as today from staging.klass_code)
cross join lateral (
    select if(on_year < year(today), make_date(on_year, 1, 1), today) as day
) as named_on
where version.valid_from <= named_on.day
    and coalesce(version.valid_to > named_on.day, true);

-- which: the indicators asked for as a list, or NULL for every one
create or replace macro core.series(which, on_year, kind := null, on_day := null) as table
with asked as materialized (
    select * from raw.indicator where which is null or list_contains(which, indicator_id)
),

made_of as not materialized (
    -- itself and, of a ratio, the two it is made of
    select indicator_id, unnest([indicator_id, numerator, denominator]) as part_id from asked
),

carried as materialized (
    from core.carried(
        on_year,
        indicators := (select coalesce(list(distinct part_id), []) from made_of),
        kind := kind,
        on_day := on_day
    )
),

-- kept apart, or each indicator is held against every other
numerator as materialized (
    select ratio.indicator_id as ratio_id, ratio.denominator, ratio.factor, carried.*
    from asked as ratio
    inner join carried on carried.indicator_id = ratio.numerator
    where ratio.aggregate = 'ratio'
),

-- both of one ground: the sum of a publisher is not divided by our estimate
recomputed as not materialized (
    select
        numerator.ratio_id as indicator_id,
        numerator.municipality_code,
        numerator.division_year,
        numerator.period,
        numerator.holds_divided = denominator.holds_divided as is_one_ground,
        if(
            is_one_ground,
            numerator.factor * numerator.value / nullif(denominator.value, 0),
            null
        ) as value,
        case
            when not is_one_ground then 'not_comparable'
            when 'not_comparable' in (numerator.quality, denominator.quality) then 'not_comparable'
            when 'split_estimated' in (numerator.quality, denominator.quality)
                then 'split_estimated'
            else 'recomputed'
        end as quality,
        if(
            numerator.value is not null and denominator.value is not null and not is_one_ground,
            'its two parts are not of the same ground',
            null
        ) as reason,
        coalesce(numerator.status, denominator.status) as status,
        numerator.holds_divided or denominator.holds_divided as holds_divided,
        list_sort(list_distinct(numerator.reported_codes || denominator.reported_codes))
            as reported_codes,
        list_sort(list_distinct(numerator.reply_ids || denominator.reply_ids)) as reply_ids,
        numerator.table_id,
        list_distinct([numerator.table_id, denominator.table_id]) as table_ids
    from numerator
    inner join carried as denominator
        on denominator.indicator_id = numerator.denominator
        and denominator.municipality_code = numerator.municipality_code
        and denominator.period = numerator.period
    qualify row_number() over (
        partition by numerator.ratio_id, numerator.municipality_code, numerator.period
        order by
            numerator.value is null or denominator.value is null, not is_one_ground,
            numerator.preference, denominator.preference
    ) = 1
),

figure as materialized (
    select
        * exclude (preference),
        [table_id] as table_ids,
        null::varchar as reason
    from carried
    semi join asked using (indicator_id)
    qualify row_number() over (
        partition by indicator_id, municipality_code, period order by value is null, preference
    ) = 1
    union all by name
    select * exclude (is_one_ground) from recomputed
),

municipality as not materialized (
    select * from core.municipality_on(on_year) where kind is null
    union all
    select distinct group_code, group_name from core.member(kind, on_year, on_day)
),

left_out as not materialized (
    -- where a source means to have every municipality, one it has no row for is missing, not absent
    select
        whole.indicator_id,
        municipality.municipality_code,
        whole.division_year,
        whole.period,
        null::double as value,
        if(indicator.aggregate = 'ratio', 'recomputed', 'reported') as quality,
        'no row' as status,
        null::varchar as reason,
        false as holds_divided,
        []::varchar[] as reported_codes,
        whole.reply_ids,
        whole.table_id,
        whole.table_ids
    from (
        select
            indicator_id,
            period,
            any_value(division_year) as division_year,
            min(table_id) as table_id,
            list_sort(list_distinct(flatten(list(distinct table_ids)))) as table_ids,
            list_sort(list_distinct(flatten(list(distinct reply_ids)))) as reply_ids
        from figure
        group by all
    ) as whole
    inner join asked as indicator using (indicator_id)
    cross join municipality
    anti join figure
        on figure.indicator_id = whole.indicator_id
        and figure.period = whole.period
        and figure.municipality_code = municipality.municipality_code
    anti join raw.warning as partial
        on partial.warning = 'partial_coverage'
        and list_contains(list_append(whole.table_ids, whole.indicator_id), partial.subject_id)
        and (partial.period is null or partial.period = whole.period)
),

dated as materialized (
    select
        *,
        period[1:4]::integer as year,
        core.period_start(period) as period_start
    from (
        from figure
        union all by name
        from left_out
    )
),

warning as not materialized (
    -- of its tables, of itself and, for a ratio, of the two it is made of; the same for all that is
    -- of the same tables and period
    select
        alike.indicator_id,
        alike.table_ids,
        alike.period,
        list(distinct warning.warning order by warning.warning) as warnings
    from (select distinct indicator_id, table_ids, period from dated) as alike
    inner join asked as indicator using (indicator_id)
    inner join staging.warning as warning
        on list_contains(
            alike.table_ids || [indicator_id, indicator.numerator, indicator.denominator],
            warning.subject_id
        )
        and (warning.period is null or warning.period = alike.period)
    group by all
),

correction as not materialized (
    -- of itself or, for a ratio, of a part; the publisher's own sum over the same ground may have
    -- been corrected, under today's code
    select
        dated.indicator_id,
        dated.municipality_code,
        dated.period,
        min(corrected.correction_why) as why
    from dated
    inner join made_of using (indicator_id)
    inner join staging.observation as corrected
        on corrected.indicator_id = made_of.part_id
        and corrected.period = dated.period
        and list_contains(
            list_append(dated.reported_codes, dated.municipality_code), corrected.reported_code
        )
    where dated.value is null and corrected.correction_id is not null
    group by all
),

not_applicable as not materialized (
    -- there is no rate of what is not levied
    select distinct dated.indicator_id, dated.municipality_code, dated.period
    from dated
    inner join asked as indicator using (indicator_id)
    inner join staging.observation as condition
        on condition.indicator_id = indicator.applies_where
        and condition.period = dated.period
        and list_contains(dated.reported_codes, condition.reported_code)
    where dated.value is null and condition.value = 0 and len(dated.reported_codes) = 1
)

select
    dated.indicator_id,
    dated.municipality_code,
    municipality.municipality_name,
    dated.division_year,
    dated.period,
    dated.year,
    dated.period_start,
    dated.value,
    indicator.unit,
    if(dated.value is null and dated.quality <> 'not_comparable', 'missing', dated.quality)
        as quality,
    dated.status,
    case
        when dated.value is not null then null
        when correction.why is not null then correction.why
        when dated.reason is not null then dated.reason
        when dated.status = 'no row' then 'the source has no row for it'
        when dated.quality = 'not_comparable'
            then 'not comparable over changed boundaries, or a part is missing'
        when dated.status = '.' or not_applicable.period is not null then 'not applicable'
        when dated.status = '..' then 'not available'
        when dated.status = ':' then 'confidential'
        else 'not among the figures published or kept'
    end as missing_reason,
    list_sort(list_distinct(
        coalesce(warning.warnings, [])
        || if(dated.quality = 'split_estimated' and dated.value is not null, ['estimated'], [])
        || if(dated.holds_divided and dated.value is not null, ['break_in_series'], [])
    )) as warnings,
    dated.reported_codes,
    dated.table_id,
    dated.reply_ids
from dated
inner join asked as indicator using (indicator_id)
left join municipality using (municipality_code)
left join warning using (indicator_id, table_ids, period)
left join correction using (indicator_id, municipality_code, period)
left join not_applicable using (indicator_id, municipality_code, period);
