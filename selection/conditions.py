"""A condition of a rule, as SQL on the columns of a candidate."""

import re
from functools import cache

import duckdb
import pandas as pd

from common.errors import SelectionError
from common.text import listed, nearest
from warehouse import publish


def judge(table: pd.DataFrame, where: str) -> pd.Series:
    """For each row whether an SQL condition on its columns holds: True, False, or NA for unknown.

    It runs in a DuckDB that can reach no file, no network and no warehouse. Raises SelectionError
    where it is not a condition, naming the columns it might have meant.
    """
    with _sandbox().cursor() as con:
        con.register("candidate", _mentioned(table, where))
        try:
            query = f"select municipality_code, ({where})::boolean as holds from candidate"
            if len(con.extract_statements(query)) != 1:
                raise SelectionError(f"'{where}' is more than one condition.")
            rows = con.sql(query).fetchall()
        except duckdb.Error as error:
            first = str(error).splitlines()[0].partition(": ")[2] or str(error)
            raise SelectionError(
                f"the condition '{where}' is not SQL on the columns of a candidate: {first}"
                f"{_did_you_mean(first, table)}"
            ) from error
    if len(rows) != len(table):
        raise SelectionError(
            f"the condition '{where}' has to say yes or no of each candidate, one by one."
        )
    verdict = pd.Series(dict(rows), dtype=object).reindex(table.index)
    return verdict.map(lambda holds: pd.NA if holds is None else holds).astype("boolean")


@cache
def _sandbox() -> duckdb.DuckDBPyConnection:
    """A DuckDB that holds nothing; made once, because to make one takes longer than to ask it."""
    con = duckdb.connect()
    publish.sandbox(con)
    return con


def _mentioned(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """The code and the columns a condition speaks of; to hand over all takes far longer."""
    words = {word.lower() for word in re.findall(r"\w+", where)}
    columns = [column for column in table if str(column).lower() in words]
    return table[columns].reset_index(names="municipality_code")


def _did_you_mean(complaint: str, table: pd.DataFrame) -> str:
    unknown = re.search(r'column "(\w+)" not found', complaint)
    near = nearest(unknown[1], [str(column) for column in table], 0.6) if unknown else []
    return f" Did you mean {listed(near, 'or')}?" if near else ""
