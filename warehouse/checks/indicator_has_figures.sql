-- finds: indicator/indicators has/have no figures though the tables were fetched
-- why: a source that silently loses an indicator is noticed; a stale one is told with its reason
-- severity: block
-- concerns: sources
select indicator.indicator_id, indicator.table_ids
from mart.indicator as indicator
where
    indicator.is_asked
    and indicator.figures = 0
    and not exists (
        from mart.source_table as source
        where
            source.outcome = 'failed'
            and list_contains(indicator.table_ids, source.table_id)
    )
order by all
