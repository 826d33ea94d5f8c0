"""The indicators and traits there are."""

import duckdb

from common.errors import InputError
from warehouse.models import quote

TRAIT = "in words"
"""In place of a unit."""
_ENTRIES = f"""
    with everyone as (
        select count(*) as everyone from mart.case_candidate
    ), reason as (
        select o.indicator_id, o.missing_reason, count(*) as municipalities
        from mart.observation as o join mart.indicator as i using (indicator_id)
        where o.value is null and o.period = i.last_period
        group by all
        union all
        select indicator_id, 'not in the tables held', max(everyone) - count(*)
        from mart.observation join mart.indicator using (indicator_id), everyone
        where period = last_period group by indicator_id having count(*) < max(everyone)
    ), missing as (
        select
            indicator_id,
            string_agg(concat(missing_reason, ' (', municipalities, ')'), '; '
                order by municipalities desc, missing_reason) as missing
        from reason group by indicator_id
    )
    select
        concat_ws(' ', indicator_id, theme, title_nb, title_en, synonyms) as searched,
        theme, indicator_id, concat_ws(': ', title_en, recipe) as title, title_nb, unit,
        concat_ws(' to ', first_period, nullif(last_period, first_period)) as periods,
        municipalities, if(is_asked, missing, 'the source was not asked') as why_fewer,
        array_to_string(warnings, ', ') as warnings,
        array_to_string(table_ids, ', ') as sources
    from mart.indicator left join missing using (indicator_id)
    union all
    select
        concat_ws(' ', 'trait', trait_id, theme, title_nb, title_en, synonyms),
        theme, trait_id, title_en, title_nb, {quote(TRAIT)}, valid_on, municipalities,
        if(municipalities < everyone, concat('not known (', everyone - municipalities, ')'), null),
        '', table_id
    from mart.trait, everyone
"""


def entries(con: duckdb.DuckDBPyConnection, word: str) -> str:
    """A query: one row an indicator or trait whose id, titles, theme or synonyms hold a word.

    `municipalities` are those with a figure in the last period, `why_fewer` is why others have
    none, with their number.

    Raises InputError if there are none.
    """
    found = f"from ({_ENTRIES}) where contains(lower(searched), {quote(word.lower())})"
    if con.execute(f"select count(*) {found}").fetchone() == (0,):
        raise InputError(
            f"no indicator or trait has '{word}' in its id, titles, theme or synonyms; leave the"
            " word out."
        )
    return f"select * exclude (searched) {found} order by theme, indicator_id"
