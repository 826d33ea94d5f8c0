"""The indicators and traits there are."""

import duckdb

from common.errors import InputError
from warehouse.models import quote

TRAIT = "in words"
"""In place of a unit."""
_ENTRIES = f"""
    select
        concat_ws(' ', indicator_id, theme, title_nb, title_en, synonyms) as searched,
        theme, indicator_id, concat_ws(': ', title_en, recipe) as title, title_nb, unit,
        concat_ws(' to ', first_period, nullif(last_period, first_period)) as periods,
        municipalities,
        array_to_string(warnings, ', ') as warnings,
        array_to_string(table_ids, ', ') as sources
    from mart.indicator
    union all
    select
        concat_ws(' ', 'trait', trait_id, theme, title_nb, title_en, synonyms),
        theme, trait_id, title_en, title_nb, {quote(TRAIT)}, valid_on, municipalities, '',
        table_id
    from mart.trait
"""


def entries(con: duckdb.DuckDBPyConnection, word: str) -> str:
    """A query: one row an indicator or trait whose id, titles, theme or synonyms hold a word.

    Raises InputError if there are none.
    """
    found = f"from ({_ENTRIES}) where contains(lower(searched), {quote(word.lower())})"
    if con.execute(f"select count(*) {found}").fetchone() == (0,):
        raise InputError(
            f"no indicator or trait has '{word}' in its id, titles, theme or synonyms; leave the"
            " word out."
        )
    return f"select * exclude (searched) {found} order by theme, indicator_id"
