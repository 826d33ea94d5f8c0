"""A column name has one meaning in tables that are joined by habit."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Ask = Callable[..., list[tuple[Any, ...]]]

# What tables are joined on, and of which each row of them tells something.
KEYS = (
    "municipality_code",
    "network_id",
    "cooperation_id",
    "company_number",
    "organisation_number",
    "indicator_id",
    "trait_id",
    "table_id",
    "run_id",
)
# Of the row that it stands in, in every table: `valid_from` of a membership is of that membership.
# A query of two such tables says of which it takes it. All others are of what the key names.
OF_THE_ROW = {
    *("valid_from", "valid_on", "period", "year", "code_year"),
    *("value", "unit", "status", "quality", "warnings", "missing_reason"),
    *("reported_code", "reported_codes", "reply_id", "basis", "strength", "source_url"),
    *("source_date", "is_asked", "municipalities", "legal_form"),
}
# The meaning is what stands before the first semicolon; after it come remarks.
MEANINGS = f"""
    with meaning as (
        select table_name, column_name, trim(split_part(comment, ';', 1)) as meaning
        from duckdb_columns() where schema_name = 'mart'
    ), joined as (
        select distinct one.table_name as one, other.table_name as other
        from meaning as one inner join meaning as other using (column_name)
        where column_name in {KEYS} and one.table_name <> other.table_name
    )
    select distinct here.column_name, here.table_name, here.meaning
    from joined
    inner join meaning as here on here.table_name = joined.one
    inner join meaning as there
        on there.table_name = joined.other and there.column_name = here.column_name
    where here.meaning <> there.meaning and here.column_name not in {KEYS}
    order by all
"""


def test_a_column_name_has_one_meaning_in_tables_that_are_joined(ask: Ask) -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for column, table, meaning in ask(MEANINGS):
        meanings[column].add(f"{table}: {meaning}")
    assert {column: said for column, said in meanings.items() if column not in OF_THE_ROW} == {}
    assert set(meanings) == OF_THE_ROW, "a name that has one meaning needs no exception"
